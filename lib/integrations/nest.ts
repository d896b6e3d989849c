import { auditScope } from '../context/scope';
import type { Enter } from '../context/scope';
import { assertContextOptions, contextOf } from './request-context';
import type { AuditContextOptions, RequestLike } from './request-context';

export type { AuditContextOptions, RequestLike } from './request-context';

/** As a middleware, for `app.use` and `consumer.apply` on the Express adapter; it also covers guards and filters. */
export { auditContext } from './express';
/** For `app.use('/audit', auditViewer({ authorize }))` on the Express adapter; on Fastify's register that of `/fastify`. */
export { auditViewer } from './viewer';
export type { ViewerAccess, ViewerAuthorization, ViewerOptions } from './viewer';

/** The part of an ExecutionContext that is used; Nest's own types are not needed. */
export interface ExecutionContextLike {
  getType(): string;
  getArgByIndex(index: number): unknown;
}

interface ObservableLike {
  subscribe(...observer: unknown[]): unknown;
}

/**
 * NestJS interceptor: gives every change made by a handler its user, ip address, url, user agent and request
 * id, on the Express and the Fastify adapter. `app.useGlobalInterceptors(new AuditContextInterceptor())`, or
 * a provider of `APP_INTERCEPTOR`. It runs after the guards, and before the pipes and the other interceptors
 * that come after it; exception filters are out of its reach.
 *
 * Of GraphQL it takes the request from the context's `req` or `request`, of a WebSocket (socket.io) the
 * request that opened it. Where there is no request, as in microservices, it changes nothing.
 *
 * Throws AUDIT_OPTION for an unknown option, or one that is no function.
 */
export class AuditContextInterceptor<R extends RequestLike = RequestLike> {
  constructor(private readonly options: AuditContextOptions<R> = {}) {
    assertContextOptions(options);
  }

  intercept<O extends ObservableLike>(context: ExecutionContextLike, next: { handle(): O }): O {
    const request = requestOf(context);
    if (!request) return next.handle();
    const enter = auditScope(contextOf(request as R, request, this.options));
    // Nest binds what follows to where handle() is called, but not what a handler's own observable does.
    return subscribedWithin(
      enter,
      enter(() => next.handle()),
    );
  }
}

/** The observable itself in all but its `subscribe`. RxJS is not needed, which may be there more than once. */
function subscribedWithin<O extends ObservableLike>(enter: Enter, source: O): O {
  const subscribe = (...observer: unknown[]): unknown => enter(() => source.subscribe(...observer));
  return Object.create(source, { subscribe: { value: subscribe } }) as O;
}

/** Where each kind of transport keeps the request, by the position of Nest's arguments for it. */
function requestOf(context: ExecutionContextLike): RequestLike | undefined {
  switch (context.getType()) {
    case 'http':
      return asRequest(context.getArgByIndex(0));
    case 'graphql': {
      const { req, request } = (context.getArgByIndex(2) ?? {}) as { req?: unknown; request?: unknown };
      return asRequest(req ?? request);
    }
    case 'ws':
      return asRequest((context.getArgByIndex(0) as { request?: unknown } | undefined)?.request);
    default:
      return undefined;
  }
}

function asRequest(value: unknown): RequestLike | undefined {
  return typeof value === 'object' && value !== null ? value : undefined;
}
