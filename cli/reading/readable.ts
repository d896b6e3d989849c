import fs from 'node:fs';

import { AuditError } from '../../lib/errors';
import { storageOf } from '../../lib/storage/database';
import type { Database } from '../../lib/storage/database';

/** SQLite makes a file that is not there; looking must not. Throws AUDIT_NOT_MIGRATED. */
export function assertReadable(database: Database): void {
  if (database.dialect.name !== 'sqlite' || fs.existsSync(storageOf(database.sequelize))) return;
  throw new AuditError(
    'AUDIT_NOT_MIGRATED',
    `There is no trail: ${database.describe()} is missing. Run "npx audit migrate".`,
  );
}
