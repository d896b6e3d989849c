import { auditScope } from '../context/scope';
import type { Enter } from '../context/scope';
import { contextOf } from './request-context';
import type { AuditContextOptions, RequestLike } from './request-context';

export type { AuditContextOptions, RequestLike } from './request-context';

type Done = () => void;

/** The part of a Fastify instance that is used; Fastify's own types are not needed. */
export interface FastifyLike {
  addHook(
    name: 'onRequest' | 'preValidation' | 'onResponse',
    hook: (request: RequestLike, reply: unknown, done: Done) => void,
  ): unknown;
  addHook(
    name: 'onError',
    hook: (request: RequestLike, reply: unknown, error: Error, done: Done) => void,
  ): unknown;
}

const NAME = 'sequelize-async-audit';

/**
 * Fastify plugin: gives every change made while a request is served its user, ip address, url, user agent
 * and request id. `app.register(auditContext, { user: (request) => request.user })`; it holds for the
 * instance that it is registered on and all below.
 *
 * The address is `request.ip`: behind a proxy set Fastify's option `trustProxy`. The request id is
 * `request.id`, the one in Fastify's log. Secrets in the query string are masked.
 */
export const auditContext = Object.assign(plugin, {
  // Without a scope of its own, so that the hooks reach the routes of the instance itself.
  [Symbol.for('skip-override')]: true,
  [Symbol.for('fastify.display-name')]: NAME,
  [Symbol.for('plugin-meta')]: { name: NAME },
});

function plugin(app: FastifyLike, options: AuditContextOptions<RequestLike>, registered: Done): void {
  const scopes = new WeakMap<RequestLike, Enter>();
  // What comes after the body is called by the socket, which knows nothing of what came before it.
  const again = (request: RequestLike, done: Done): void => {
    const enter = scopes.get(request);
    if (enter) enter(done);
    else done();
  };
  app.addHook('onRequest', (request, _reply, done) => {
    scopes.set(request, auditScope(contextOf(request, request, options)));
    again(request, done);
  });
  app.addHook('preValidation', (request, _reply, done) => again(request, done));
  app.addHook('onError', (request, _reply, _error, done) => again(request, done));
  app.addHook('onResponse', (request, _reply, done) => again(request, done));
  registered();
}
