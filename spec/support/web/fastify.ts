import fastify from 'fastify';

import { auditContext } from '../../../lib/integrations/fastify';
import type { ShopWork, WebApp, WebOptions } from './web-app';

export async function startFastify(work: ShopWork, options: WebOptions): Promise<WebApp> {
  const app = fastify({ trustProxy: true, requestIdHeader: 'x-request-id', forceCloseConnections: true });
  app.decorateRequest('user');
  await app.register(auditContext, options);
  app.addHook('preHandler', async (request) => {
    Object.assign(request, { user: await work.authenticate(request.headers['x-user']) });
  });
  app.addContentTypeParser('application/octet-stream', (_request, _payload, done) => done(null));
  app.post('/items', async (request) => {
    await work.save(request.body);
    return '';
  });
  app.put('/upload', async (request) => {
    await work.receive(request.raw);
    return '';
  });
  app.post('/fail', (request) => work.fail(request.body));
  app.setErrorHandler(async (error, _request, reply) => {
    await work.report(error);
    return reply.status(500).send();
  });
  await app.listen({ port: 0, host: '127.0.0.1' });
  return { server: app.server, close: () => app.close() };
}
