import { randomUUID } from 'node:crypto';

import { runWithAuditContext } from '../context';
import type { AuditContext, UserLike } from '../context';

/** The part of an Express request that is used; Express's own types are not needed. */
export interface RequestLike {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly ip?: string | undefined;
  readonly originalUrl?: string;
  readonly url?: string | undefined;
  readonly id?: unknown;
  readonly user?: unknown;
  readonly socket?: { readonly remoteAddress?: string | undefined };
}

export interface ExpressAuditOptions<R> {
  /**
   * Who makes the request. Asked at each change, so that authentication may run after this middleware.
   * Default `request.user`, if it is an instance of a model or has an `id`.
   */
  user?: (request: R) => UserLike | null | undefined;
  /** Further parts of the context, such as tags; they win over what is filled in here. */
  context?: (request: R) => AuditContext;
}

/**
 * Express middleware: gives every change made while a request is served its user, ip address, url, user
 * agent and request id. Mount it before the routes, and after body parsers other than Express's own,
 * some of which lose the asynchronous context (multer).
 *
 * The address is `request.ip`: behind a proxy set `app.set('trust proxy', …)`. The request id is
 * `request.id`, the header `X-Request-Id`, or a new UUID. Secrets in the query string are masked.
 */
export function auditContext<R extends RequestLike = RequestLike>(
  options: ExpressAuditOptions<R> = {},
): (request: R, response: unknown, next: (error?: unknown) => void) => void {
  const { user = defaultUser, context } = options;
  return (request, _response, next) => {
    const userAgent = first(request.headers['user-agent']);
    const ipAddress = request.ip ?? request.socket?.remoteAddress;
    const filled: AuditContext = {
      user: () => user(request),
      url: request.originalUrl ?? request.url ?? '',
      requestId: requestId(request),
      ...(ipAddress === undefined ? {} : { ipAddress }),
      ...(userAgent === undefined ? {} : { userAgent }),
      ...context?.(request),
    };
    runWithAuditContext(filled, () => next());
  };
}

function defaultUser(request: RequestLike): UserLike | null {
  const user = request.user as (UserLike & { id?: unknown }) | null | undefined;
  return user && typeof user === 'object' && user.id !== undefined ? user : null;
}

function requestId(request: RequestLike): string {
  const { id } = request;
  if (typeof id === 'string' || typeof id === 'number') return String(id);
  return first(request.headers['x-request-id']) ?? randomUUID();
}

function first(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header;
}
