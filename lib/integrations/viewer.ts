import type { IncomingMessage, ServerResponse } from 'node:http';

import { below, callOf, halvesOf } from '../viewer/node-call';
import { assertViewerOptions } from '../viewer/options';
import type { ViewerOptions } from '../viewer/options';
import { Viewer } from '../viewer/viewer';

export type { ViewerAccess } from '../viewer/access';
export type { ViewerAuthorization, ViewerOptions } from '../viewer/options';

/** What Express and the like add to Node's request, as far as it is used; their types are not needed. */
interface Mounted {
  readonly baseUrl?: string;
  readonly originalUrl?: string;
  readonly ip?: string;
  readonly id?: unknown;
  readonly user?: unknown;
  readonly body?: unknown;
}

/**
 * The viewer as a handler for plain `http`, Express, Connect and Nest on Express: pages and data under any mount path,
 * `app.use('/audit', auditViewer({ authorize }))`. Express tells where it is mounted; for plain `http` name it with
 * the option `path`. A request for another path is left to `next`; without one it is answered with 404.
 *
 * Throws AUDIT_OPTION for an unknown option, and without `authorize`.
 */
export function auditViewer<R extends IncomingMessage = IncomingMessage>(
  options: ViewerOptions<R>,
): (request: R, response: ServerResponse, next?: (error?: unknown) => void) => void {
  assertViewerOptions(options);
  const viewer = new Viewer(options);
  return (request, response, next) => {
    const { baseUrl = '', originalUrl, ip, id, user, body } = request as R & Mounted;
    const url = request.url ?? '/';
    // Where the framework has taken the mount path off already, the option says the same once more.
    const mount = options.path !== undefined && baseUrl.endsWith(options.path) ? undefined : options.path;
    const path = below(halvesOf(url)[0], mount);
    if (path === undefined && next) return next();
    const fullUrl = originalUrl ?? url;
    // What is not below the mount is no path of the viewer's, which it says.
    const call = callOf({ raw: request, request, path: path ?? url, fullUrl, body, user, ip, id });
    void viewer.handle(call).then((answer) => {
      // Somebody else may have answered meanwhile, as a middleware for timeouts does.
      if (response.headersSent) return;
      response.writeHead(answer.status, answer.headers).end(answer.body);
    });
  };
}
