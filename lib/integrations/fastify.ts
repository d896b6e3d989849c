import { runWithAuditContext } from '../context/scope';
import { assertContextOptions, contextOf } from './request-context';
import type { AuditContextOptions, RequestLike } from './request-context';

export type { AuditContextOptions, RequestLike } from './request-context';

/** The part of a Fastify instance that is used; Fastify's own types are not needed. */
export interface FastifyLike {
  addHook(name: 'onRequest', hook: (request: RequestLike, reply: unknown, done: () => void) => void): unknown;
}

const NAME = 'sequelize-async-audit';
/** Fastify's own options of `register`, which it hands on. */
const REGISTER_OPTIONS = ['prefix', 'logLevel', 'logSerializers'];

/**
 * Fastify plugin: gives every change made while a request is served its user, ip address, url, user agent
 * and request id. `app.register(auditContext, { user: (request) => request.user })`; it holds for the
 * instance that it is registered on and all below. For Fastify 4 and 5, which keep the asynchronous context
 * while they read a body.
 *
 * The address is `request.ip`: behind a proxy set Fastify's option `trustProxy`. The request id is
 * `request.id`, the one in Fastify's log. Secrets in the query string are masked.
 *
 * Registering fails with AUDIT_OPTION for an unknown option, or one that is no function.
 */
export const auditContext = Object.assign(plugin, {
  // Without a scope of its own, so that the hook reaches the routes of the instance itself.
  [Symbol.for('skip-override')]: true,
  [Symbol.for('fastify.display-name')]: NAME,
  [Symbol.for('plugin-meta')]: { name: NAME },
});

function plugin(
  app: FastifyLike,
  options: AuditContextOptions<RequestLike>,
  registered: (error?: Error) => void,
): void {
  try {
    assertContextOptions(options, REGISTER_OPTIONS);
  } catch (error) {
    // Thrown, it would end the process rather than the start of the application.
    return registered(error as Error);
  }
  app.addHook('onRequest', (request, _reply, done) => {
    runWithAuditContext(contextOf(request, request, options), done);
  });
  registered();
}
