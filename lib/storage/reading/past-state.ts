import { AuditError } from '../../errors';
import { assertKnownKeys } from '../../known-names';
import { PastRow } from '../../record/past-row';
import type { Values } from '../../record/values';
import type { Moment } from '../../record/moment';
import { dateOf } from '../../record/moment';
import type { Audit } from '../audit-model';
import type { AuditQuery } from './audit-query';
import { cursorAt } from './cursor';

/** Which record, and when: at a moment, or right after an audit, of this record or of another. */
export interface StateQuery {
  readonly model: string;
  /** The key, as `auditableId` has it. */
  readonly id: string;
  readonly at: Moment | Audit;
  readonly transaction?: AuditQuery['transaction'];
  /** The key that the record had before an audit that has changed it. Who knows the model can tell. */
  readonly formerKey?: (audit: Audit) => string | undefined;
}

/** What a record was like, as far as the trail alone knows. */
export interface PastState {
  readonly model: string;
  readonly id: string;
  readonly at: Date;
  /** Whether it was there, deleted softly or not; undefined where the trail has no record of it. */
  readonly exists: boolean | undefined;
  /** By attribute name, with those that the model has no more; null where it was not there. */
  readonly values: Values | null;
  /** The last record up to then. */
  readonly audit: Audit | null;
  /** False where the trail begins in the midst of the record's life, so that what never changed is not known. */
  readonly isComplete: boolean;
}

const NAMES = ['model', 'id', 'at', 'transaction', 'formerKey'];

type Each = (query: Omit<AuditQuery, 'limit'>) => AsyncIterable<Audit>;

/** Reads as few records around the moment as tell all. Throws AUDIT_QUERY for what is no moment. */
export async function readPastState(query: StateQuery, each: Each): Promise<PastState> {
  assertKnownKeys(query, NAMES, 'option of stateAt');
  const { model, id, at } = query;
  if (typeof model !== 'string' || typeof id !== 'string')
    throw new AuditError('AUDIT_QUERY', 'stateAt needs one "model" and one "id", each a text.');
  const row = new PastRow();
  let audit: Audit | null = null;
  for await (const earlier of recordsUpTo(query, each)) {
    audit ??= earlier;
    if (!row.before(earlier)) break;
  }
  if (!row.isComplete) {
    for await (const later of recordsAfter(query, each)) {
      const former = audit === null ? query.formerKey?.(later) : undefined;
      // At that time it had another key, which its earlier records bear.
      if (former !== undefined) return { ...(await readPastState({ ...query, id: former }, each)), id };
      if (!row.after(later)) break;
    }
  }
  return {
    model,
    id,
    at: isAudit(at) ? at.createdAt : dateOf(at, 'The moment'),
    exists: row.exists,
    values: row.exists ? row.values : null,
    audit,
    isComplete: row.isComplete,
  };
}

/** The newest first, under former keys as well. */
async function* recordsUpTo(query: StateQuery, each: Each): AsyncGenerator<Audit, void, undefined> {
  const { at, formerKey } = query;
  let key = query.id;
  let range: Omit<AuditQuery, 'limit'> = isAudit(at)
    ? { after: cursorAt('newest', at.id) }
    : { until: endOf(at) };
  // One of another record says when, and no more: what a product was like when its order was placed.
  if (isAudit(at) && at.auditableType === query.model && at.auditableId === key) {
    yield at;
    key = formerKey?.(at) ?? key;
  }
  for (let next: string | undefined = key; next !== undefined;) {
    key = next;
    next = undefined;
    for await (const audit of each({ ...ofRecord(query), id: key, ...range })) {
      yield audit;
      next = formerKey?.(audit);
      if (next !== undefined) range = { after: cursorAt('newest', audit.id) };
      if (next !== undefined) break;
    }
  }
}

function recordsAfter(query: StateQuery, each: Each): AsyncIterable<Audit> {
  const { at, id } = query;
  const range = isAudit(at) ? { after: cursorAt('oldest', at.id) } : { since: endOf(at) };
  return each({ ...ofRecord(query), id, ...range, order: 'oldest' });
}

function ofRecord({ model, transaction }: StateQuery): Omit<AuditQuery, 'limit'> {
  return { model, ...(transaction === undefined ? {} : { transaction }) };
}

/** A moment is a millisecond, which belongs to the past as a whole. */
function endOf(at: Moment): Date {
  return new Date(dateOf(at, 'The moment').getTime() + 1);
}

export function isAudit(value: unknown): value is Audit {
  return typeof value === 'object' && value !== null && 'auditableType' in value;
}
