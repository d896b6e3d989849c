import { AuditError } from '../../lib/errors';
import type { Database } from '../../lib/storage/database';

/** Throws AUDIT_NOT_MIGRATED where there is no file to read from. */
export function assertReadable(database: Database): void {
  if (!database.isMissing) return;
  throw new AuditError(
    'AUDIT_NOT_MIGRATED',
    `There is no trail: ${database.describe()} is missing. Run "npx audit migrate".`,
  );
}
