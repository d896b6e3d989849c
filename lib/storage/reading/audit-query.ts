import { inspect } from 'node:util';

import type { Transaction } from 'sequelize';

import { AuditError } from '../../errors';
import { assertKnownKeys } from '../../known-names';
import type { Moment } from '../../record/moment';
import { dateOf } from '../../record/moment';
import type { Direction } from './cursor';

/** Which records are meant; all that is given must hold. */
export interface AuditFilter {
  /** Name of the model, or of several. */
  model?: string | readonly string[];
  /** Key of the record, or keys, as `auditableId` has them; needs one `model`. */
  id?: string | readonly string[];
  /** Also records of other models whose option `parent` leads to this one. Default false. */
  withChildren?: boolean;
  /** Who made the change; without `type` any user with this id. */
  user?: { readonly type?: string; readonly id: string | number | bigint };
  event?: string | readonly string[];
  /** Captured at this moment or later. */
  since?: Moment;
  /** Captured before this moment. */
  until?: Moment;
  tag?: string;
  requestId?: string;
  transactionId?: string;
  /**
   * An attribute that the change wrote: all of them at `created` and `deleted`. Records whose values were too large to
   * be kept are found as well, since nobody can tell.
   */
  attribute?: string;
}

/** A page of records. */
export interface AuditQuery extends AuditFilter {
  /** Default `newest` first. */
  order?: Direction;
  /** Default 50, at most 1,000. */
  limit?: number;
  /** `next` of the page before. */
  after?: string;
  /** Loads the users that made the changes, by one query for each of their types: `audit.user`. */
  include?: 'user';
  /** Reads inside a transaction, which takes no other connection. Its own records are there once it has committed. */
  transaction?: Transaction | null;
}

const TEXTS = ['tag', 'requestId', 'transactionId', 'attribute'] as const;
const OF_MODEL = ['model', 'id'];
const FILTERS = [...TEXTS, 'model', 'id', 'withChildren', 'user', 'event', 'since', 'until'];
const PAGE = ['order', 'limit', 'after', 'include', 'transaction'];
const MOST_RECORDS = 1000;

/** Throws AUDIT_OPTION for a name, and AUDIT_QUERY for a value that cannot be meant. */
export function assertQuery(query: AuditQuery): void {
  assertKnownKeys(query, [...FILTERS, ...PAGE], 'filter');
  assertFilter(query);
  assertIncludesUsers(query);
  const { order, limit, id, withChildren, model, transaction } = query;
  assertTransaction(transaction);
  if (id !== undefined && typeof model !== 'string') throw wrong('id', 'stand beside one "model"', id);
  if (withChildren === true && id === undefined)
    throw wrong('withChildren', 'stand beside "id"', withChildren);
  if (order !== undefined && order !== 'newest' && order !== 'oldest') {
    throw wrong('order', 'be "newest" or "oldest"', order);
  }
  if (limit !== undefined && !(Number.isInteger(limit) && limit >= 1 && limit <= MOST_RECORDS)) {
    throw wrong('limit', `be a whole number from 1 to ${MOST_RECORDS}`, limit);
  }
}

/** The same for the history of an instance, whose other options are Sequelize's. */
export function assertHistoryOptions(
  options: Omit<AuditFilter, 'model' | 'id'> &
    Partial<Record<'include' | 'limit' | 'offset' | 'transaction', unknown>>,
): void {
  const filters = FILTERS.filter((name) => !OF_MODEL.includes(name));
  const names = [...filters, 'order', 'limit', 'offset', 'where', 'include', 'transaction'];
  assertKnownKeys(options, names, 'option of getAudits');
  assertFilter(options);
  assertIncludesUsers(options);
  assertTransaction(options.transaction);
  for (const name of ['limit', 'offset'] as const) {
    const count = options[name];
    if (count !== undefined && count !== null && !(Number.isInteger(count) && Number(count) >= 0))
      throw wrong(name, 'be a whole number', count);
  }
}

/** Sequelize fails on what is none in a callback, where nobody can catch it. */
function assertTransaction(transaction: unknown): void {
  if (transaction === undefined || transaction === null) return;
  if (typeof transaction !== 'object' || !('commit' in transaction))
    throw wrong('transaction', 'be one of Sequelize', transaction);
}

function assertIncludesUsers({ include }: { include?: unknown }): void {
  if (include !== undefined && include !== 'user') throw wrong('include', 'be "user"', include);
}

function assertFilter(filter: AuditFilter): void {
  for (const name of TEXTS) {
    if (filter[name] !== undefined && !isText(filter[name])) throw wrong(name, `be ${TEXT}`, filter[name]);
  }
  const { model, id, event, user, withChildren } = filter;
  if (model !== undefined && !isTexts(model)) throw wrong('model', `be ${TEXT}, or a list of such`, model);
  if (id !== undefined && !isTexts(id)) throw wrong('id', `be ${TEXT}, or a list of such`, id);
  if (event !== undefined && !isTexts(event)) throw wrong('event', `be ${TEXT}, or a list of such`, event);
  if (user !== undefined && !isUser(user)) throw wrong('user', `be { type, id }, each ${TEXT}`, user);
  if (withChildren !== undefined && typeof withChildren !== 'boolean') {
    throw wrong('withChildren', 'be true or false', withChildren);
  }
  if (filter.since !== undefined) dateOf(filter.since, 'The filter "since"');
  if (filter.until !== undefined) dateOf(filter.until, 'The filter "until"');
}

const TEXT = 'a text that is not empty, and holds neither NUL nor half a character';
/** No database can look for these. */
const UNUSABLE = /\0|\p{Surrogate}/u;

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && !UNUSABLE.test(value);
}

function isTexts(value: unknown): boolean {
  return isText(value) || (Array.isArray(value) && value.every((item) => isText(item)));
}

function isUser(value: unknown): boolean {
  const { id, type, ...others } = (value ?? {}) as { id?: unknown; type?: unknown };
  // A type under another name would be none, and the users of all types be meant.
  if (Object.keys(others).length > 0) return false;
  const isId = Number.isFinite(id) || typeof id === 'bigint' || isText(id);
  return isId && (type === undefined || isText(type));
}

function wrong(name: string, must: string, value: unknown): AuditError {
  const shown = inspect(value, { depth: 0 }).slice(0, 100);
  return new AuditError('AUDIT_QUERY', `The filter "${name}" must ${must}; got ${shown}.`);
}
