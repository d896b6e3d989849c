import { expect } from 'chai';
import fastify from 'fastify';

import { AuditError } from '../../../lib/errors';
import { auditContext as ofExpress } from '../../../lib/integrations/express';
import { auditContext as ofFastify } from '../../../lib/integrations/fastify';
import { auditContext as ofKoa } from '../../../lib/integrations/koa';
import { auditContext as ofNest, AuditContextInterceptor } from '../../../lib/integrations/nest';

const MIDDLEWARES: Readonly<Record<string, (options?: object) => unknown>> = {
  Express: (options) => ofExpress(options),
  Fastify: (options) => fastify().register(ofFastify, options as object),
  Koa: (options) => ofKoa(options),
  'NestJS, as middleware': (options) => ofNest(options),
  'NestJS, as interceptor': (options) => new AuditContextInterceptor(options),
};

for (const [name, use] of Object.entries(MIDDLEWARES)) {
  describe(`the options of the middleware for ${name}`, () => {
    const failure = async (options: unknown): Promise<AuditError> => {
      try {
        await use(options as object);
      } catch (error) {
        expect(error).to.be.an.instanceof(AuditError).with.property('code', 'AUDIT_OPTION');
        return error as AuditError;
      }
      throw new Error('it was accepted');
    };

    it('may be left out, and each of them may', async () => {
      await use();
      await use({});
      await use({ user: undefined });
      await use({ user: () => null, context: () => ({}) });
    });

    it('name what is unknown, and suggest the nearest', async () => {
      const { message } = await failure({ usr: () => null });

      expect(message).to.equal('Unknown option of the audit context "usr". Did you mean "user"?');
    });

    it('are functions', async () => {
      for (const wrong of [{ user: 5 }, { user: { id: 1 } }, { user: null }]) {
        expect((await failure(wrong)).message).to.contain('"user"');
      }
      expect((await failure({ context: { tags: [] } })).message).to.contain('"context"');
    });

    // Fastify itself makes of these what it likes.
    if (name !== 'Fastify') {
      it('are an object', async () => {
        for (const wrong of ['x', 5, null, [], () => null]) {
          expect((await failure(wrong)).message).to.contain('an object');
        }
      });
    }
  });
}

describe('the options of the middleware for Fastify', () => {
  it('stand beside those of register', async () => {
    await fastify().register(ofFastify, { prefix: '/shop', user: () => null, logLevel: 'warn' } as object);
  });
});
