import { expect } from 'chai';
import fastify from 'fastify';
import type { FastifyInstance, FastifyRequest } from 'fastify';

import { contextFields, runWithAuditContext } from '../../../lib/context/scope';
import { auditContext } from '../../../lib/integrations/fastify';
import { SlowClient } from '../../support/web/slow-client';

describe('the Fastify plugin', () => {
  let app: FastifyInstance;
  beforeEach(() => {
    app = fastify();
  });
  afterEach(() => app.close());

  it('holds for routes of the instance it is registered on, before and after, and of those below', async () => {
    app.get('/before', () => contextFields());
    await app.register(auditContext);
    app.get('/after', () => contextFields());
    await app.register((below, _options, done) => {
      below.get('/below', () => contextFields());
      done();
    });

    for (const url of ['/before', '/after', '/below']) {
      expect((await app.inject({ url })).json()).to.include({ url });
    }
  });

  it('does not reach beyond it', async () => {
    await app.register(async (shop) => {
      await shop.register(auditContext);
      shop.get('/shop', () => contextFields());
    });
    app.get('/other', () => contextFields());

    expect((await app.inject({ url: '/shop' })).json()).to.include({ url: '/shop' });
    expect((await app.inject({ url: '/other' })).json()).to.include({ url: null });
  });

  it('lets its options name Fastify’s own type of a request, and is known by its name', async () => {
    await app.register(auditContext, {
      context: (request: FastifyRequest) => ({ reason: request.routeOptions.url }),
    });
    app.get('/items/:id', () => contextFields());

    expect((await app.inject({ url: '/items/7' })).json()).to.deep.include({
      context: { reason: '/items/:id' },
    });
    expect(app.hasPlugin('sequelize-async-audit')).to.equal(true);
    expect(app.printPlugins()).to.contain('sequelize-async-audit');
  });

  it('is there in every hook, after a body that takes its time as well', async () => {
    await app.register(auditContext);
    const seen: Record<string, string | null> = {};
    const look = (hook: string) => (_request: unknown, _reply: unknown, done: () => void) => {
      seen[hook] = contextFields().url;
      done();
    };
    app.addHook('onRequest', look('onRequest'));
    app.addHook('preValidation', look('preValidation'));
    app.addHook('preHandler', look('preHandler'));
    const responded = new Promise<void>((resolve) => {
      app.addHook('onResponse', (request, reply, done) => {
        look('onResponse')(request, reply, done);
        resolve();
      });
    });
    app.post('/items', () => {
      seen.handler = contextFields().url;
      return '';
    });
    await app.listen({ port: 0, host: '127.0.0.1' });
    const client = new SlowClient({ server: app.server, close: () => app.close() });

    await client.send('POST', '/items', ['{"a":', '1}'], { 'content-type': 'application/json' });
    await responded;

    const hooks = ['onRequest', 'preValidation', 'preHandler', 'handler', 'onResponse'];
    expect(seen).to.deep.equal(Object.fromEntries(hooks.map((hook) => [hook, '/items'])));
  });

  it('may be added to in hooks that come later', async () => {
    await app.register(auditContext);
    app.addHook('onRequest', (_request, _reply, done) => runWithAuditContext({ tags: ['beta'] }, done));
    app.post('/items', () => contextFields());

    const response = await app.inject({ method: 'POST', url: '/items', payload: { a: 1 } });

    expect(response.json()).to.deep.include({ url: '/items', tags: ['beta'] });
  });
});
