import { encoded } from './encode';

/** A point in a record's time: a date, after an audit, or now. */
export type Moment =
  | { readonly kind: 'at'; readonly iso: string }
  | { readonly kind: 'audit'; readonly id: string }
  | { readonly kind: 'now' };

/** What a record's page shows beside its timeline, as the query string says. */
export interface RecordView {
  /** Only changes of it. */
  readonly attribute: string;
  readonly withChildren: boolean;
  /** The state at a point. */
  readonly moment: Moment | null;
  /** Two points against each other. */
  readonly compare: { readonly from: Moment; readonly to: Moment } | null;
}

export const PLAIN_VIEW: RecordView = { attribute: '', withChildren: false, moment: null, compare: null };

/** The view of a query string. */
export function viewOf(query: string): RecordView {
  const params = new URLSearchParams(query);
  const [at, audit, from, to] = ['at', 'audit', 'from', 'to'].map((name) => params.get(name) || null);
  const moment = at || audit ? momentOf(at ?? audit ?? '') : null;
  return {
    attribute: params.get('attribute') ?? '',
    withChildren: params.get('withChildren') === '1',
    moment,
    compare: from ? { from: momentOf(from), to: momentOf(to ?? 'now') } : null,
  };
}

/** The query string of a view, with the question mark; empty for the plain timeline. */
export function viewQuery({ attribute, withChildren, moment, compare }: RecordView): string {
  const pairs: [string, string][] = [
    ['attribute', attribute],
    ['withChildren', withChildren ? '1' : ''],
    ['at', moment?.kind === 'at' ? moment.iso : moment?.kind === 'now' ? 'now' : ''],
    ['audit', moment?.kind === 'audit' ? moment.id : ''],
    ['from', compare ? momentText(compare.from) : ''],
    ['to', compare ? momentText(compare.to) : ''],
  ];
  const query = pairs.filter(([, value]) => value !== '').map(([name, value]) => `${name}=${encoded(value)}`);
  return query.length > 0 ? `?${query.join('&')}` : '';
}

/** A moment as one text: an ISO time, an audit's id, or `now`. */
export function momentText(moment: Moment): string {
  if (moment.kind === 'now') return 'now';
  return moment.kind === 'at' ? moment.iso : moment.id;
}

/** The moment of a text. */
export function momentOf(text: string): Moment {
  if (text === 'now') return { kind: 'now' };
  return /^\d{4}-\d\d-\d\d(T|$)/.test(text) ? { kind: 'at', iso: text } : { kind: 'audit', id: text };
}

/** The path that asks the server for a state. `now` is when the page was opened, as ISO. */
export function statePath(model: string, id: string, moment: Moment, now: string): string {
  const point =
    moment.kind === 'audit'
      ? `audit=${encoded(moment.id)}`
      : `at=${encoded(moment.kind === 'at' ? moment.iso : now)}`;
  return `api/state?model=${encoded(model)}&id=${encoded(id)}&${point}`;
}
