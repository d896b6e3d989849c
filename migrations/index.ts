import type { Migration } from '../lib/storage/migration';
import { audits } from './0001-audits';
import { auditTasks } from './0002-audit-tasks';
import { auditIndexes } from './0003-audit-indexes';

/** All migrations, in order. */
export const migrations: readonly Migration[] = [audits, auditTasks, auditIndexes];
