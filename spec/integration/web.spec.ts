import { setImmediate as immediate } from 'node:timers/promises';

import { expect } from 'chai';

import type { Audit } from '../../lib';
import { startExpress } from '../support/web/express';
import { startFastify } from '../support/web/fastify';
import { startKoa } from '../support/web/koa';
import { startNestWithInterceptor, startNestWithMiddleware } from '../support/web/nest';
import { shopWork } from '../support/web/shop-work';
import type { ShopWork, WebApp, WebOptions } from '../support/web/web-app';
import { createWorld } from '../support/world';
import type { World } from '../support/world';

interface Framework {
  readonly start: (work: ShopWork, options: WebOptions) => Promise<WebApp>;
  /** Whether what the error handler changes has the context of the request, too. */
  readonly coversErrors: boolean;
  /** What stands for the request id where the client gives none. */
  readonly ownId: RegExp;
}

const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;
const FRAMEWORKS: Readonly<Record<string, Framework>> = {
  Express: { start: startExpress, coversErrors: true, ownId: UUID },
  Fastify: { start: startFastify, coversErrors: true, ownId: /^req-1$/ },
  Koa: { start: startKoa, coversErrors: true, ownId: UUID },
  'NestJS, by interceptor': { start: startNestWithInterceptor, coversErrors: false, ownId: UUID },
  'NestJS, by middleware': { start: startNestWithMiddleware, coversErrors: true, ownId: UUID },
};

/** Requests at the same time, and after them as many again, which come through the connections of the first. */
const WAVES = [0, 20].map((first) => Array.from({ length: 20 }, (_, i) => first + i));
const REQUESTS = WAVES.flat();

for (const [name, framework] of Object.entries(FRAMEWORKS)) {
  describe(`the context of a request to ${name}`, () => {
    let world: World;
    let work: ShopWork;
    let app: WebApp | undefined;

    beforeEach(async () => {
      world = await createWorld('sqlite');
      work = await shopWork(world);
    });
    afterEach(async () => {
      await app?.close();
      app = undefined;
      await world.dispose();
    });

    const start = async (options: WebOptions = {}): Promise<void> => {
      await app?.close();
      app = await framework.start(work, options);
    };
    const send = async (
      method: string,
      path: string,
      body: string | AsyncIterable<Buffer>,
      headers: Record<string, string> = {},
    ): Promise<number> => {
      const type = typeof body === 'string' ? 'application/json' : 'application/octet-stream';
      const init = { method, headers: { 'content-type': type, ...headers }, body, duplex: 'half' };
      const response = await fetch(`${app?.url}${path}`, init as RequestInit);
      await response.arrayBuffer();
      return response.status;
    };
    const post = (path: string, item: string, headers?: Record<string, string>): Promise<number> =>
      send('POST', path, JSON.stringify({ name: item }), headers);

    it('is its own, however many are served at the same time', async () => {
      await start();

      const statuses = await inWaves((i) => post(`/items?token=${i}&n=${i}`, `item ${i}`, headersOf(i)));

      const audits = await world.stored();
      expect(statuses).to.deep.equal(REQUESTS.map(() => 200));
      expect(audits).to.have.length(2 * REQUESTS.length);
      for (const audit of audits) {
        const i = numberOf(audit);
        expect(contextOf(audit)).to.deep.equal(contextFor(i, `/items?token=[redacted]&n=${i}`));
      }
    });

    it('lasts while a body is read as it arrives', async () => {
      await start();
      async function* chunks(i: number): AsyncGenerator<Buffer> {
        for (const part of ['first', 'second', 'third']) {
          yield Buffer.from(`${part} of ${i}`);
          await immediate();
        }
      }

      const statuses = await inWaves((i) => send('PUT', '/upload', chunks(i), headersOf(i)));

      const audits = await world.stored();
      expect(statuses).to.deep.equal(REQUESTS.map(() => 200));
      expect(new Set(audits.map(numberOf))).to.deep.equal(new Set(REQUESTS));
      for (const audit of audits) {
        expect(contextOf(audit)).to.deep.equal(contextFor(numberOf(audit), '/upload'));
      }
    });

    it('is there in a handler that fails', async () => {
      await start();

      const statuses = await inWaves((i) => post('/fail', `item ${i}`, headersOf(i)));

      const audits = await world.stored();
      expect(statuses).to.deep.equal(REQUESTS.map(() => 500));
      expect(audits).to.have.length(3 * REQUESTS.length);
      for (const audit of audits) {
        const isOfErrorHandler = String(audit.newValues?.name).startsWith('failed');
        if (isOfErrorHandler && !framework.coversErrors) continue;
        expect(contextOf(audit)).to.deep.equal(contextFor(numberOf(audit), '/fail'));
      }
    });

    if (framework.coversErrors) {
      it('is there for the error handler of a body that cannot be read', async () => {
        await start();

        expect(await send('POST', '/items?n=1', '{"name": ', headersOf(1))).to.equal(500);

        const [audit, ...more] = await world.stored();
        expect(more).to.deep.equal([]);
        // Some authenticate before they read the body, some after.
        expect(contextOf(audit)).to.deep.include({ url: '/items?n=1', requestId: 'request 1' });
      });
    }

    it('has no user and one id where the client says nothing of itself', async () => {
      await start();

      await post('/items', 'item');

      const [created, updated] = await world.stored();
      expect(created).to.include({ userType: null, userId: null, ipAddress: '127.0.0.1' });
      expect(created?.requestId).to.match(framework.ownId);
      expect(updated?.requestId).to.equal(created?.requestId);
    });

    it('is what the options make of it', async () => {
      let asked = 0;
      await start({
        user: () => ({ type: 'Robot', id: ++asked }),
        context: () => ({
          tags: ['web'],
          onBehalfOf: { type: 'Customer', id: 9 },
          requestId: 'mine',
          userAgent: undefined,
        }),
      });

      await post('/items', 'item', headersOf(1));

      const audits = await world.stored();
      expect(audits.map(({ userType, userId }) => [userType, userId])).to.deep.equal([
        ['Robot', '1'],
        ['Robot', '2'],
      ]);
      for (const audit of audits) {
        expect(audit).to.deep.include({
          tags: ['web'],
          context: { onBehalfOf: { type: 'Customer', id: '9' } },
          requestId: 'mine',
          userAgent: 'agent 1',
          url: '/items',
        });
      }
    });

    it('costs no request, whatever is wrong with the options', async () => {
      const wrong = [
        () => {
          throw new Error('no session');
        },
        () => Promise.reject(new Error('no session')),
        () => ({ bogus: 1 }),
        () => 'bob',
      ];

      for (const answer of wrong) {
        await start({ user: answer, context: answer } as object);
        expect(await post('/items', 'item', headersOf(1))).to.equal(200);
      }

      const audits = await world.stored();
      expect(audits).to.have.length(2 * wrong.length);
      for (const audit of audits) expect(audit).to.include({ userId: null, url: '/items' });
    });
  });
}

async function inWaves<T>(work: (i: number) => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  for (const wave of WAVES) results.push(...(await Promise.all(wave.map(work))));
  return results;
}

function headersOf(i: number): Record<string, string> {
  return {
    'x-forwarded-for': `10.0.0.${i}`,
    'x-request-id': `request ${i}`,
    'x-user': `user ${i}`,
    'user-agent': `agent ${i}`,
  };
}

function contextFor(i: number, url: string): object {
  return {
    userType: 'User',
    userId: `user ${i}`,
    ipAddress: `10.0.0.${i}`,
    requestId: `request ${i}`,
    userAgent: `agent ${i}`,
    url,
  };
}

function contextOf(audit: Audit | undefined): object {
  const { userType, userId, ipAddress, requestId, userAgent, url } = audit as Audit;
  return { userType, userId, ipAddress, requestId, userAgent, url };
}

function numberOf(audit: Audit): number {
  return Number(/\d+/.exec(String(audit.newValues?.name))?.[0]);
}
