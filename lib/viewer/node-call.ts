import type { IncomingMessage } from 'node:http';

import { readBody } from './body';
import type { ViewerCall } from './call';

/** Where a call came in, and what a framework knows of it beside Node's own request. */
export interface CallParts {
  readonly raw: IncomingMessage;
  /** What `authorize` is asked with. */
  readonly request: object;
  /** Below the mount, without query. */
  readonly path: string;
  /** As the client sent it, with the query. */
  readonly fullUrl: string;
  /** The body, where the application has parsed it. */
  readonly body: unknown;
  readonly user: unknown;
  readonly ip: string | undefined;
  readonly id: unknown;
}

export function callOf({ raw, request, path, fullUrl, body, user, ip, id }: CallParts): ViewerCall {
  const [fullPath, search] = halvesOf(fullUrl);
  const header = (name: string): string | undefined => {
    const value = raw.headers[name];
    return Array.isArray(value) ? value[0] : value;
  };
  return {
    method: raw.method ?? 'GET',
    path,
    fullPath,
    search,
    header,
    request,
    user,
    ipAddress: ip ?? raw.socket.remoteAddress,
    requestId: typeof id === 'string' || typeof id === 'number' ? String(id) : header('x-request-id'),
    body: () => readBody(raw, body),
  };
}

/** Path and query of a URL. */
export function halvesOf(url: string): [path: string, search: string] {
  const at = url.indexOf('?');
  return at < 0 ? [url, ''] : [url.slice(0, at), url.slice(at + 1)];
}

/** What of a path stands below a mount; undefined if it does not. */
export function below(path: string, mount: string | undefined): string | undefined {
  const base = (mount ?? '').replace(/\/+$/, '');
  return path === base || path.startsWith(`${base}/`) ? path.slice(base.length) : undefined;
}
