import { PastRow } from '../../record/past-row';
import type { Values } from '../../record/values';
import type { Moment } from '../../record/moment';
import { dateOf } from '../../record/moment';
import type { Audit } from '../audit-model';
import type { AuditQuery } from './audit-query';
import { cursorAt } from './cursor';

/** Which record, and when: at a moment, or right after one of its audits. */
export interface StateQuery {
  readonly model: string;
  /** The key, as `auditableId` has it. */
  readonly id: string;
  readonly at: Moment | Audit;
  readonly transaction?: AuditQuery['transaction'];
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

type Each = (query: Omit<AuditQuery, 'limit'>) => AsyncIterable<Audit>;

/** Reads as few records around the moment as tell all. Throws AUDIT_QUERY for what is no moment. */
export async function readPastState(
  { model, id, at, transaction }: StateQuery,
  each: Each,
): Promise<PastState> {
  const query = { model, id, ...(transaction === undefined ? {} : { transaction }) };
  const [until, since] = sidesOf(at);
  const row = new PastRow();
  let audit: Audit | null = isAudit(at) ? at : null;
  let isOpen = audit === null || row.before(audit);
  if (isOpen) {
    for await (const earlier of each({ ...query, ...until })) {
      audit ??= earlier;
      isOpen = row.before(earlier);
      if (!isOpen) break;
    }
  }
  if (isOpen || !row.isComplete) {
    for await (const later of each({ ...query, ...since, order: 'oldest' })) {
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

/** The two parts of the history. A moment is a millisecond, which belongs to the past as a whole. */
function sidesOf(at: Moment | Audit): [before: Omit<AuditQuery, 'limit'>, after: Omit<AuditQuery, 'limit'>] {
  if (isAudit(at)) return [{ after: cursorAt('newest', at.id) }, { after: cursorAt('oldest', at.id) }];
  const next = new Date(dateOf(at, 'The moment').getTime() + 1);
  return [{ until: next }, { since: next }];
}

export function isAudit(value: unknown): value is Audit {
  return typeof value === 'object' && value !== null && 'auditableType' in value;
}
