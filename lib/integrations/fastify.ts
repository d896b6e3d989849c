import type { IncomingMessage } from 'node:http';

import { runWithAuditContext } from '../context/scope';
import { AuditError } from '../errors';
import { callOf, halvesOf } from '../viewer/node-call';
import { assertViewerOptions } from '../viewer/options';
import type { ViewerOptions } from '../viewer/options';
import { Viewer } from '../viewer/viewer';
import { assertContextOptions, contextOf } from './request-context';
import type { AuditContextOptions, RequestLike } from './request-context';

export type { AuditContextOptions, RequestLike } from './request-context';
export type { ViewerAccess } from '../viewer/access';
export type { ViewerAuthorization, ViewerOptions } from '../viewer/options';

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

/** The part of Fastify's request that the viewer uses. */
export interface FastifyRequestLike extends RequestLike {
  readonly raw: IncomingMessage;
  readonly originalUrl: string;
  readonly body?: unknown;
}

/** The part of Fastify's reply that the viewer uses. */
export interface FastifyReplyLike {
  code(status: number): FastifyReplyLike;
  headers(headers: Readonly<Record<string, string>>): FastifyReplyLike;
  send(body: Buffer): unknown;
}

/** The part of a Fastify instance that the viewer uses. */
export interface FastifyRoutesLike {
  readonly prefix: string;
  removeAllContentTypeParsers(): unknown;
  addContentTypeParser(
    type: string,
    parser: (request: unknown, payload: unknown, done: (error: Error | null) => void) => void,
  ): unknown;
  all(path: string, handler: (request: unknown, reply: unknown) => Promise<unknown>): unknown;
}

/**
 * Fastify plugin: the viewer under the prefix that it is registered with,
 * `app.register(auditViewer, { prefix: '/audit', authorize })`. Hooks of the instance hold for it as for other routes.
 *
 * Registering fails with AUDIT_OPTION for an unknown option, and without `authorize`.
 */
export function auditViewer<R extends FastifyRequestLike = FastifyRequestLike>(
  app: FastifyRoutesLike,
  options: ViewerOptions<R>,
  registered: (error?: Error) => void,
): void {
  try {
    assertViewerOptions(options, REGISTER_OPTIONS);
    if (options.path !== undefined)
      throw new AuditError('AUDIT_OPTION', 'For Fastify the mount path is "prefix" rather than "path".');
  } catch (error) {
    return registered(error as Error);
  }
  const viewer = new Viewer(options);
  const { prefix } = app;
  // Bodies are read by the viewer, here alone: with its own limit, and whatever parsers the application has.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (_request, _payload, done) => done(null));
  const handle = async (given: unknown, reply: unknown): Promise<unknown> => {
    const request = given as R;
    const { raw, originalUrl: fullUrl, body, user, ip, id } = request;
    const path = belowPrefix(halvesOf(raw.url ?? '/')[0], prefix);
    const answer = await viewer.handle(callOf({ raw, request, path, fullUrl, body, user, ip, id }));
    return (reply as FastifyReplyLike).code(answer.status).headers(answer.headers).send(answer.body);
  };
  app.all('/', handle);
  app.all('/*', handle);
  registered();
}

/** A prefix may have parameters, such as `/:tenant/audit`: it is as many segments as it has, whatever they are called. */
function belowPrefix(path: string, prefix: string): string {
  const count = prefix.replace(/\/+$/, '').split('/').length;
  return path
    .split('/')
    .slice(count)
    .map((segment) => `/${segment}`)
    .join('');
}
