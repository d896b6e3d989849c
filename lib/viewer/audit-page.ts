import { ROW_EVENTS } from '../record/record';
import type { Audit } from '../storage/audit-model';
import type { AuditQuery } from '../storage/reading/audit-query';
import { cursorAt } from '../storage/reading/cursor';
import { fieldsOfAudit } from './record-fields';
import type { RecordFields } from './record-fields';
import { shownDifferences, shownRecord } from './shown-record';
import type { AuditJson } from './shown-record';
import { canRevert } from './known-models';
import { userNames } from './user-names';
import type { Visit } from './visit';

/** Past so many updates of hidden attributes alone a page looks; then it says how far it has come. */
const MOST_HIDDEN = 2_000;
/** Records are read so many at a time, since a few of them may be megabytes. */
const AT_ONCE = 100;
/** Of an answer, about (UTF-16 units): a page of large records ends sooner. */
const MOST_SIZE = 8 * 1024 * 1024;

export interface AuditsJson {
  readonly audits: readonly AuditJson[];
  readonly next: string | null;
  readonly searchedTo: string | null;
}

/** A page of what the visitor may see: no shorter for what they may not. */
export async function auditPage(visit: Visit, query: AuditQuery & { limit: number }): Promise<AuditsJson> {
  const { access, trail } = visit;
  const { order = 'newest', limit, attribute } = query;
  const shown: RecordFields[] = [];
  let [size, hidden, after] = [0, 0, query.after];
  for (;;) {
    const wanted = hidden > 0 ? AT_ONCE : Math.min(AT_ONCE, limit - shown.length);
    const page = await trail.history.search({
      ...query,
      limit: wanted,
      ...(after === undefined ? {} : { after }),
    });
    for (const [index, audit] of page.audits.entries()) {
      const fields = shownRecord(fieldsOfAudit(audit), access);
      // Of a child's model the attribute may be hidden, though not of the model that was named.
      if (!fields || (attribute !== undefined && !access.mayReadAttribute(fields.auditableType, attribute))) {
        hidden++;
        continue;
      }
      shown.push(fields);
      size += sizeOf(fields);
      const isLast = index === page.audits.length - 1 && page.next === null;
      if ((shown.length >= limit || size > MOST_SIZE) && !isLast)
        return answerOf(visit, shown, cursorAt(order, audit.id), null);
    }
    const { next, searchedTo } = page;
    if (next === null || searchedTo !== null) return answerOf(visit, shown, next, searchedTo);
    if (hidden >= MOST_HIDDEN) return answerOf(visit, shown, next, (page.audits.at(-1) as Audit).createdAt);
    after = next;
  }
}

/** One record; null if there is none that the visitor may see. */
export async function oneAudit(visit: Visit, audit: Audit | null): Promise<AuditJson | null> {
  const fields = audit && shownRecord(fieldsOfAudit(audit), visit.access);
  return fields ? ((await auditsJson(visit, [fields]))[0] ?? null) : null;
}

/** Records as the pages get them, users by their names. */
export async function auditsJson(visit: Visit, records: readonly RecordFields[]): Promise<AuditJson[]> {
  const names = await userNames(visit.trail, records, visit.access, visit.describeUser);
  return records.map((fields, index) => ({
    ...fields,
    userName: names[index] ?? null,
    diff: shownDifferences(fields),
    canRevert: isOfRow(fields) && canRevert(visit, fields.auditableType),
  }));
}

async function answerOf(
  visit: Visit,
  shown: readonly RecordFields[],
  next: string | null,
  searchedTo: Date | null,
): Promise<AuditsJson> {
  return { audits: await auditsJson(visit, shown), next, searchedTo: searchedTo?.toISOString() ?? null };
}

/** An event of a row that has a key, and none of the application's own or of many rows. */
function isOfRow({ event, auditableId }: RecordFields): boolean {
  return auditableId !== null && (ROW_EVENTS as readonly string[]).includes(event);
}

function sizeOf({ oldValues, newValues, context }: RecordFields): number {
  return JSON.stringify([oldValues, newValues, context]).length;
}
