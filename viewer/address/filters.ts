import { encoded } from './encode';

/** What a search asks for; an empty text is no filter. Times are ISO texts: since inclusive, until exclusive. */
export interface Filters {
  readonly model: string;
  readonly id: string;
  readonly withChildren: boolean;
  readonly userType: string;
  readonly userId: string;
  readonly events: readonly string[];
  readonly since: string;
  readonly until: string;
  readonly tag: string;
  readonly request: string;
  readonly transaction: string;
  readonly attribute: string;
  readonly order: 'newest' | 'oldest';
}

export const NO_FILTERS: Filters = {
  model: '',
  id: '',
  withChildren: false,
  userType: '',
  userId: '',
  events: [],
  since: '',
  until: '',
  tag: '',
  request: '',
  transaction: '',
  attribute: '',
  order: 'newest',
};

/** The filters that are one text each. */
const TEXT_FILTERS = [
  'model',
  'id',
  'userType',
  'userId',
  'since',
  'until',
  'tag',
  'request',
  'transaction',
  'attribute',
] as const satisfies readonly (keyof Filters)[];

/** The filters of a query string; names that it does not know are left alone. */
export function filtersOf(query: string): Filters {
  const params = new URLSearchParams(query);
  const texts = Object.fromEntries(TEXT_FILTERS.map((name) => [name, params.get(name)?.trim() ?? '']));
  return {
    ...NO_FILTERS,
    ...texts,
    withChildren: params.get('withChildren') === '1',
    events: [...new Set(params.getAll('event').filter(Boolean))],
    order: params.get('order') === 'oldest' ? 'oldest' : 'newest',
  };
}

/** The query string of filters, without the question mark; the shortest that says the same. `after` is a page's cursor. */
export function queryOf(filters: Filters, after?: string | null): string {
  const pairs: [string, string][] = TEXT_FILTERS.map((name) => [name, filters[name]]);
  if (filters.withChildren) pairs.push(['withChildren', '1']);
  for (const event of filters.events) pairs.push(['event', event]);
  if (filters.order === 'oldest') pairs.push(['order', 'oldest']);
  if (after) pairs.push(['after', after]);
  return pairs
    .filter(([, value]) => value !== '')
    .map(([name, value]) => `${name}=${encoded(value)}`)
    .join('&');
}
