import Koa from 'koa';
import type { Context } from 'koa';

import { auditContext } from '../../../lib/integrations/koa';
import { listening } from './web-app';
import type { ShopWork, WebApp, WebOptions } from './web-app';

export function startKoa(work: ShopWork, options: WebOptions): Promise<WebApp> {
  const app = new Koa();
  app.proxy = true;
  app.use(auditContext(options));
  app.use(async (ctx, next) => {
    try {
      await next();
    } catch (error) {
      await work.report(error);
      ctx.status = 500;
    }
  });
  app.use(async (ctx, next) => {
    ctx.state.user = await work.authenticate(ctx.request.headers['x-user']);
    await next();
  });
  app.use(async (ctx) => {
    const route = routes[`${ctx.method} ${ctx.path}`];
    await route?.(ctx);
    ctx.status = 200;
  });
  const routes: Record<string, (ctx: Context) => Promise<void>> = {
    'POST /items': async ({ req }) => work.save(await jsonOf(req)),
    'PUT /upload': ({ req }) => work.receive(req),
    'POST /fail': async ({ req }) => work.fail(await jsonOf(req)),
  };
  return listening(app.listen(0, '127.0.0.1'));
}

async function jsonOf(body: AsyncIterable<Buffer>): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return JSON.parse(Buffer.concat(chunks).toString());
}
