import { findAudit, searchAudits } from './endpoints/audits';
import { me } from './endpoints/me';
import { revertAudit, revertTo } from './endpoints/revert';
import { buried, rescued } from './endpoints/set-aside';
import { stateAt } from './endpoints/state';
import { status } from './endpoints/status';
import { Refusal } from './refusal';
import type { Visit } from './visit';

/** A path below the mount, of texts and parameters, and what answers it with JSON. */
export interface Route {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly answer: (visit: Visit) => Promise<unknown>;
}

const ROUTES: readonly Route[] = [
  { method: 'GET', path: 'api/me', answer: me },
  { method: 'GET', path: 'api/audits', answer: searchAudits },
  { method: 'GET', path: 'api/audits/:id', answer: findAudit },
  { method: 'GET', path: 'api/state', answer: stateAt },
  { method: 'GET', path: 'api/status', answer: status },
  { method: 'GET', path: 'api/rescue', answer: rescued },
  { method: 'GET', path: 'api/buried', answer: buried },
  { method: 'POST', path: 'api/audits/:id/revert', answer: revertAudit },
  { method: 'POST', path: 'api/revert-to', answer: revertTo },
];

/** The pages of the browser application, which all are the same document. */
const PAGES = [
  ...['', 'live', 'set-aside', 'audit/:id', 'request/:id', 'transaction/:id'],
  ...['record/:model/:id', 'user/:type/:id'],
];

/** What a path means. */
export type Target =
  | { readonly kind: 'page'; readonly segments: number }
  | { readonly kind: 'api'; readonly route: Route; readonly parameters: readonly string[] }
  | { readonly kind: 'asset'; readonly name: string };

/** What a request is for. Throws a {@link Refusal} of 404 or 405. */
export function targetOf(method: string, path: string, isAsset: (name: string) => boolean): Target {
  const segments = segmentsOf(path);
  if (!segments) throw unknownPath();
  const routes = ROUTES.flatMap((route) => {
    const parameters = matched(route.path, segments);
    return parameters ? [{ route, parameters }] : [];
  });
  const asked = method === 'HEAD' ? 'GET' : method;
  const found = routes.find(({ route }) => route.method === asked);
  if (found) return { kind: 'api', ...found };
  const isPage = PAGES.some((page) => matched(page, segments));
  const [name = ''] = segments;
  const isFile = segments.length === 1 && isAsset(name);
  if (routes.length === 0 && !isPage && !isFile) throw unknownPath();
  if (routes.length > 0 || asked !== 'GET')
    throw wrongMethod(routes.some(({ route }) => route.method === 'POST'));
  return isPage ? { kind: 'page', segments: segments.length } : { kind: 'asset', name };
}

/** Of a path, decoded; undefined where that cannot be done. */
function segmentsOf(path: string): string[] | undefined {
  try {
    return path.replace(/^\//, '').split('/').map(decodeURIComponent);
  } catch {
    return undefined;
  }
}

function matched(path: string, segments: readonly string[]): string[] | undefined {
  const parts = path.split('/');
  if (parts.length !== segments.length) return undefined;
  const parameters: string[] = [];
  for (const [index, part] of parts.entries()) {
    const segment = segments[index] as string;
    if (!part.startsWith(':')) {
      if (part !== segment) return undefined;
    } else if (segment === '') return undefined;
    else parameters.push(segment);
  }
  return parameters;
}

function unknownPath(): Refusal {
  return new Refusal(404, 'NOT_FOUND', 'The audit viewer has no such page.');
}

function wrongMethod(isPost: boolean): Refusal {
  const allowed = isPost ? 'POST' : 'GET, HEAD';
  return new Refusal(405, 'METHOD', `Only ${allowed} is possible here.`, { Allow: allowed });
}
