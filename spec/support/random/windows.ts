import { newId } from '../../../lib/record/id';
import { differencesOf } from '../oracle/expect-trail';
import type { TrailRecord } from '../oracle/expect-trail';
import { expectedRecord } from '../oracle/expected';
import type { Change, Oracle } from '../oracle/oracle';

/** A moment of a run, in the oracle and in the trail. */
interface Mark {
  readonly change: number;
  /** Between the ids of records captured before and after, also within a millisecond: made by what makes theirs. */
  readonly id: string;
}

/** A record with its place in the trail. */
type Numbered = TrailRecord & { readonly id: string };

/** From one moment to another. */
export interface Window {
  readonly from: Mark;
  readonly to: Mark;
}

export async function markNow(oracle: Oracle): Promise<Mark> {
  return { change: await oracle.last(), id: newId() };
}

/**
 * Writes without a transaction that are made at the same time are captured when their answers arrive, which
 * need not be the order in which the database made them. Within the windows, and only there, the records are
 * put in the order of the changes that they tell of; what tells of none stays, at the end.
 */
export function settled(
  audits: readonly Numbered[],
  changes: readonly Change[],
  windows: readonly Window[],
): { readonly audits: Numbered[]; readonly unforeseen: ReadonlySet<TrailRecord> } {
  const unforeseen = new Set<TrailRecord>();
  const order = [...audits];
  for (const { from, to } of windows) {
    const first = order.findIndex(({ id }) => id > from.id);
    if (first < 0) continue;
    const count = order.slice(first).findIndex(({ id }) => id > to.id);
    const left = order.splice(first, count < 0 ? order.length : count);
    const within = changes.filter(({ seq = 0 }) => seq > from.change && seq <= to.change);
    for (const audit of left) if (mayBeUnforeseen(audit)) unforeseen.add(audit);
    const told = within.flatMap((change) => taken(left, change, unforeseen));
    order.splice(first, 0, ...told, ...left);
  }
  return { audits: order, unforeseen };
}

/** Another writer may insert a row between an upsert's look and its write. */
function mayBeUnforeseen({ event, oldValues }: Numbered): boolean {
  return event === 'updated' && oldValues === null;
}

/** The first record that tells of a change, taken out of the list. */
function taken(audits: Numbered[], change: Change, unforeseen: ReadonlySet<TrailRecord>): Numbered[] {
  const record = expectedRecord(change);
  if (!record) return [];
  const tellsOf = ({ auditableType, auditableId }: Numbered): boolean =>
    auditableType === record.model.name && auditableId === record.auditableId;
  const index = audits.findIndex(
    (audit) => tellsOf(audit) && differencesOf(record, audit, unforeseen.has(audit)).length === 0,
  );
  return index < 0 ? [] : audits.splice(index, 1);
}
