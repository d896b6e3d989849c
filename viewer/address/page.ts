import { decoded, encoded } from './encode';

/** The pages of the viewer, with what their path tells. */
export type Page =
  | { readonly name: 'search' }
  | { readonly name: 'record'; readonly model: string; readonly id: string }
  | { readonly name: 'user'; readonly type: string; readonly id: string }
  | { readonly name: 'request' | 'transaction' | 'audit'; readonly id: string }
  | { readonly name: 'live' | 'set-aside' }
  | { readonly name: 'unknown' };

/**
 * The page of a path under the mount, such as `/record/Product/42`. It is read undecoded, since a decoded slash could
 * not be told from one between parts.
 */
export function pageOf(path: string): Page {
  const [name = '', ...parts] = path.replace(/^\//, '').split('/').map(decoded);
  const [first = '', second = ''] = parts;
  if (name === '' && parts.length === 0) return { name: 'search' };
  if (name === 'record' && parts.length === 2) return { name, model: first, id: second };
  if (name === 'user' && parts.length === 2) return { name, type: first, id: second };
  if (isOneId(name) && parts.length === 1 && first !== '') return { name, id: first };
  if ((name === 'live' || name === 'set-aside') && parts.length === 0) return { name };
  return { name: 'unknown' };
}

/** The path of a record's timeline, under the mount. */
export function recordPath(model: string, id: string): string {
  if ([model, id].some(isLostInPaths)) return `/?model=${encoded(model)}&id=${encoded(id)}`;
  return `/record/${encoded(model)}/${encoded(id)}`;
}

/** The path of a user's activity, under the mount. */
export function userPath(type: string | null, id: string): string {
  if (type === null || [type, id].some(isLostInPaths)) {
    return `/?${type === null ? '' : `userType=${encoded(type)}&`}userId=${encoded(id)}`;
  }
  return `/user/${encoded(type)}/${encoded(id)}`;
}

/** The path of what happened together, or of one audit. */
export function idPath(name: 'request' | 'transaction' | 'audit', id: string): string {
  return isLostInPaths(id) ? `/?${name}=${encoded(id)}` : `/${name}/${encoded(id)}`;
}

/** The path of a transaction that made a change at this time, so that only records around it are looked at. */
export function transactionPath(id: string, around: string): string {
  const path = idPath('transaction', id);
  return `${path}${path.includes('?') ? '&' : '?'}around=${encoded(around)}`;
}

/** So long a transaction may last before and after a change of it, in milliseconds. */
const AROUND_MS = 3_600_000;

/** The times between which a transaction's changes lie, by the query string of its path; none where it tells none. */
export function timesAround(query: string): { since: string; until: string } | undefined {
  const around = Date.parse(new URLSearchParams(query).get('around') ?? '');
  if (Number.isNaN(around)) return undefined;
  const [since, until] = [around - AROUND_MS, around + AROUND_MS].map((time) => new Date(time).toISOString());
  return { since: since ?? '', until: until ?? '' };
}

function isOneId(name: string): name is 'request' | 'transaction' | 'audit' {
  return name === 'request' || name === 'transaction' || name === 'audit';
}

/** Browsers resolve `.` and `..` away, encoded as well; the search takes them as values. */
function isLostInPaths(part: string): boolean {
  return part === '' || part === '.' || part === '..';
}
