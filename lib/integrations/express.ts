import { runWithAuditContext } from '../context/scope';
import { assertContextOptions, contextOf } from './request-context';
import type { AuditContextOptions, RequestLike } from './request-context';

export type { AuditContextOptions, RequestLike } from './request-context';
export { auditViewer } from './viewer';
export type { ViewerAccess, ViewerAuthorization, ViewerOptions } from './viewer';

/**
 * Express middleware: gives every change made while a request is served its user, ip address, url, user
 * agent and request id. Mount it before the routes, and after body parsers that lose the asynchronous
 * context (old releases of multer did; Express's own keep it).
 *
 * The address is `request.ip`: behind a proxy set `app.set('trust proxy', …)`. The request id is
 * `request.id`, the header `X-Request-Id`, or a new UUID. Secrets in the query string are masked.
 *
 * Throws AUDIT_OPTION for an unknown option, or one that is no function.
 */
export function auditContext<R extends RequestLike = RequestLike>(
  options: AuditContextOptions<R> = {},
): (request: R, response: unknown, next: (error?: unknown) => void) => void {
  assertContextOptions(options);
  return (request, _response, next) => {
    runWithAuditContext(contextOf(request, request, options), () => next());
  };
}
