import type { Difference } from '../../lib/record/diff';
import { storedDifferences } from '../../lib/record/stored-diff';
import type { Audit } from '../../lib/storage/audit-model';
import { fieldsOfAudit } from '../../lib/storage/reading/record-fields';
import type { RecordFields } from '../../lib/storage/reading/record-fields';

/** A record as commands put it out: by the names of its attributes, with values in the trail's own form, which is JSON. */
export interface Row extends RecordFields {
  readonly schemaVersion: number;
}

/** The keys of a {@link Row}, in the order of columns. */
export const KEYS = [
  ...([
    'id',
    'event',
    'auditableType',
    'auditableId',
    'parentType',
    'parentId',
    'userType',
    'userId',
  ] as const),
  ...(['url', 'ipAddress', 'userAgent', 'requestId', 'transactionId'] as const),
  ...(['tags', 'context', 'oldValues', 'newValues', 'createdAt', 'schemaVersion'] as const),
] satisfies readonly (keyof Row)[];

/** A record, with the time of its capture to the microsecond. */
export function rowOf(audit: Audit, createdAt: string): Row {
  return { ...fieldsOfAudit(audit), createdAt, schemaVersion: audit.schemaVersion };
}

/** The same with its differences. */
export function rowWithDiff(audit: Audit, createdAt: string): Row & { readonly diff: readonly Difference[] } {
  const row = rowOf(audit, createdAt);
  return { ...row, diff: storedDifferences(row) };
}
