import type { Migration } from '../lib/storage/migration';
import { audits } from './0001-audits';
import { auditTasks } from './0002-audit-tasks';
import { auditIndexes } from './0003-audit-indexes';
import { auditWorkers } from './0004-audit-workers';

/** All migrations, in order. */
export const migrations: readonly Migration[] = [audits, auditTasks, auditIndexes, auditWorkers];
