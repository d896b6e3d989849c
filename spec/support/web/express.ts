import express from 'express';
import type { NextFunction, Request, Response } from 'express';

import { auditContext } from '../../../lib/integrations/express';
import { listening } from './web-app';
import type { ShopWork, WebApp, WebOptions } from './web-app';

export function startExpress(work: ShopWork, options: WebOptions): Promise<WebApp> {
  const app = express();
  app.set('trust proxy', true);
  app.use(auditContext(options));
  app.use(async (request, _response, next) => {
    Object.assign(request, { user: await work.authenticate(request.headers['x-user']) });
    next();
  });
  app.use(express.json());
  app.post('/items', async (request, response) => {
    await work.save(request.body);
    response.end();
  });
  app.put('/upload', async (request, response) => {
    await work.receive(request);
    response.end();
  });
  app.post('/fail', (request) => work.fail(request.body));
  app.use((error: unknown, _request: Request, response: Response, next: NextFunction) => {
    work.report(error).then(() => response.status(500).end(), next);
  });
  return listening(app.listen(0, '127.0.0.1'));
}
