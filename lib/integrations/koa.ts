import type { IncomingMessage } from 'node:http';

import { runWithAuditContext } from '../context/scope';
import { below, callOf } from '../viewer/node-call';
import { assertViewerOptions } from '../viewer/options';
import type { ViewerOptions } from '../viewer/options';
import { Viewer } from '../viewer/viewer';
import { assertContextOptions, contextOf } from './request-context';
import type { AuditContextOptions, RequestLike } from './request-context';

export type { AuditContextOptions } from './request-context';
export type { ViewerAccess } from '../viewer/access';
export type { ViewerAuthorization, ViewerOptions } from '../viewer/options';

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

/** The part of Koa's context that the viewer uses. */
export interface KoaViewerContextLike extends KoaContextLike {
  readonly req: IncomingMessage;
  readonly path: string;
  status: number;
  body: unknown;
  set(headers: Record<string, string>): void;
}

/**
 * Koa middleware: the viewer under the path of the option `path`, `app.use(auditViewer({ path: '/audit', authorize }))`,
 * or without it under that of koa-mount. A request for another path goes on to what comes next.
 *
 * Throws AUDIT_OPTION for an unknown option, and without `authorize`.
 */
export function auditViewer<C extends KoaViewerContextLike = KoaViewerContextLike>(
  options: ViewerOptions<C>,
): (ctx: C, next: () => Promise<unknown>) => Promise<unknown> {
  assertViewerOptions(options);
  const viewer = new Viewer(options);
  return async (ctx, next) => {
    const path = below(ctx.path, options.path);
    if (path === undefined) return next();
    const { req: raw, originalUrl: fullUrl, state, ip } = ctx;
    const { body } = ctx.request as { body?: unknown };
    const parts = { raw, request: ctx, path, fullUrl, body, user: state.user, ip, id: state.requestId };
    const answer = await viewer.handle(callOf(parts));
    ctx.set(answer.headers);
    ctx.body = answer.body;
    ctx.status = answer.status;
    return undefined;
  };
}
