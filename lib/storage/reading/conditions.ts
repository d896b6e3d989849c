import { col, fn, literal, Op, where } from 'sequelize';
import type { WhereOptions } from 'sequelize';

import { lowestIdAt } from '../../record/id-time';
import { dateOf } from '../../record/moment';
import type { Database } from '../database';
import type { AuditFilter } from './audit-query';

/** An id holds the time of its record, and goes on from where it was when a clock is set back: by so much at most, we suppose. */
const CLOCK_SLACK_MS = 3_600_000;

/** A filter, and what an index needs to know beside it. */
export interface IndexedFilter extends AuditFilter {
  /** All types of users that there are, for a user without a type. */
  readonly userTypes?: readonly string[];
  /** Records are looked at in the order of their ids; other indexes would lead elsewhere. */
  readonly isInWindow?: boolean;
}

/** What a filter means to the table. */
export function conditionsOf(filter: IndexedFilter, { dialect, sequelize }: Database): WhereOptions[] {
  const { model, id, user, event, since, until, tag, requestId, transactionId, attribute } = filter;
  const conditions: WhereOptions[] = [];
  const quoted = (text: string): string => sequelize.escape(text);
  if (filter.isInWindow && model !== undefined)
    conditions.push(where(UNINDEXED_TYPE, typeof model === 'string' ? model : { [Op.in]: [...model] }));
  else if (model !== undefined) conditions.push(ofRecord(model, id, filter.withChildren === true));
  if (user !== undefined) {
    const types = user.type === undefined ? filter.userTypes : [user.type];
    conditions.push({
      userId: String(user.id),
      ...(types ? { userType: types.length === 1 ? types[0]! : [...types] } : {}),
    });
  }
  if (event !== undefined) conditions.push({ event: typeof event === 'string' ? event : [...event] });
  if (requestId !== undefined) conditions.push({ requestId });
  if (transactionId !== undefined) conditions.push({ transactionId });
  if (tag !== undefined) conditions.push(literal(dialect.hasTag(tag, quoted)));
  if (attribute !== undefined) {
    const changed = ['old_values', 'new_values'].map((column) =>
      dialect.hasKey(column, [attribute, CUT], quoted),
    );
    conditions.push(literal(`(${changed.join(' OR ')})`));
  }
  for (const [moment, operator] of [
    [since, Op.gte],
    [until, Op.lt],
  ] as const) {
    if (moment === undefined) continue;
    const date = dateOf(moment, 'The time');
    if (!filter.isInWindow) conditions.push({ createdAt: { [operator]: date } });
    else conditions.push(where(UNINDEXED_TIME, { [operator]: dialect.timestamp(date) }));
  }
  // By the key as well, because records are read in its order.
  return [...conditions, ...keysWithin(filter)];
}

/** The ids between which the records of a time lie. */
export function keysWithin({ since, until }: Pick<AuditFilter, 'since' | 'until'>): WhereOptions[] {
  const conditions: WhereOptions[] = [];
  if (since !== undefined) {
    const from = dateOf(since, 'since').getTime() - CLOCK_SLACK_MS;
    conditions.push({ id: { [Op.gte]: lowestIdAt(from) } });
  }
  if (until !== undefined) {
    const to = dateOf(until, 'until').getTime() + CLOCK_SLACK_MS;
    conditions.push({ id: { [Op.lt]: lowestIdAt(to) } });
  }
  return conditions;
}

/** What a column holds, without its index: databases take one for better than a range of ids. */
const UNINDEXED_TYPE = fn('COALESCE', col('auditable_type'), '');
const UNINDEXED_TIME = fn('COALESCE', col('created_at'), col('created_at'));

/** Values that were cut as a whole, or have keys that JSON cannot hold plainly, have this one key. */
const CUT = '$audit';

function ofRecord(
  model: string | readonly string[],
  id: AuditFilter['id'],
  withChildren: boolean,
): WhereOptions {
  if (typeof model !== 'string') return { auditableType: [...model] };
  if (id === undefined) return { auditableType: model };
  const key = typeof id === 'string' ? id : [...id];
  const own: WhereOptions = { auditableType: model, auditableId: key };
  return withChildren ? { [Op.or]: [own, { parentType: model, parentId: key }] } : own;
}
