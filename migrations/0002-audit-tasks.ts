import type { Migration } from '../lib/storage/migration';

/** One row a scheduled task: who runs it now, when it ran last, and when it is due. Times in milliseconds since 1970. */
export const auditTasks: Migration = {
  name: '0002-audit-tasks',
  table: 'audit_tasks',
  up: {
    postgres: [
      `CREATE TABLE IF NOT EXISTS audit_tasks (
        name text PRIMARY KEY, owner text, expires_at bigint, last_run_at bigint, next_run_at bigint)`,
    ],
    mysql: [
      `CREATE TABLE IF NOT EXISTS audit_tasks (
        name varchar(64) NOT NULL PRIMARY KEY, owner varchar(255),
        expires_at bigint, last_run_at bigint, next_run_at bigint)
        ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`,
    ],
    sqlite: [
      `CREATE TABLE IF NOT EXISTS audit_tasks (
        name text PRIMARY KEY, owner text, expires_at integer, last_run_at integer, next_run_at integer)`,
    ],
  },
};
