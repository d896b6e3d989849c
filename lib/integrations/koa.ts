import { runWithAuditContext } from '../context/scope';
import { assertContextOptions, contextOf } from './request-context';
import type { AuditContextOptions, RequestLike } from './request-context';

export type { AuditContextOptions } from './request-context';

/** The part of Koa's context that is used; Koa's own types are not needed. */
export interface KoaContextLike {
  readonly request: { readonly headers: NonNullable<RequestLike['headers']> };
  readonly ip: string;
  readonly originalUrl: string;
  readonly state: { readonly user?: unknown; readonly requestId?: unknown };
}

/**
 * Koa middleware: gives every change made while a request is served its user, ip address, url, user agent
 * and request id. Use it before the routes.
 *
 * The user is `ctx.state.user`. The address is `ctx.ip`: behind a proxy set `app.proxy = true`. The request
 * id is `ctx.state.requestId`, if it is there by then, the header `X-Request-Id`, or a new UUID. Secrets in
 * the query string are masked.
 *
 * Throws AUDIT_OPTION for an unknown option, or one that is no function.
 */
export function auditContext<C extends KoaContextLike = KoaContextLike>(
  options: AuditContextOptions<C> = {},
): (ctx: C, next: () => Promise<unknown>) => Promise<unknown> {
  assertContextOptions(options);
  return (ctx, next) => {
    const request: RequestLike = {
      headers: ctx.request.headers,
      ip: ctx.ip,
      originalUrl: ctx.originalUrl,
      id: ctx.state.requestId,
      // Read at each change: whoever authenticates may do so after us.
      get user() {
        return ctx.state.user;
      },
    };
    return runWithAuditContext(contextOf(ctx, request, options), next);
  };
}
