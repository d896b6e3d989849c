import type { Migration } from '../lib/storage/migration';
import { audits } from './0001-audits';
import { auditTasks } from './0002-audit-tasks';

/** All migrations, in order. */
export const migrations: readonly Migration[] = [audits, auditTasks];
