import type { Migration } from '../lib/storage/migration';

/**
 * One row a running worker: what it says of itself every few seconds. Times in milliseconds since 1970, by the
 * database's clock; counts of records since the worker started.
 */
export const auditWorkers: Migration = {
  name: '0004-audit-workers',
  table: 'audit_workers',
  up: {
    postgres: [
      `CREATE TABLE IF NOT EXISTS audit_workers (
        id text PRIMARY KEY, host text, pid bigint, version text, driver text, started_at bigint, seen_at bigint,
        stored bigint, duplicates bigint, rescued bigint, buried bigint, stored_per_second double precision,
        recovered_at bigint, last_error text, last_error_at bigint)`,
    ],
    mysql: [
      `CREATE TABLE IF NOT EXISTS audit_workers (
        id varchar(64) NOT NULL PRIMARY KEY, host varchar(255), pid bigint, version varchar(64), driver varchar(64),
        started_at bigint, seen_at bigint, stored bigint, duplicates bigint, rescued bigint, buried bigint,
        stored_per_second double, recovered_at bigint, last_error text, last_error_at bigint)
        ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`,
    ],
    sqlite: [
      `CREATE TABLE IF NOT EXISTS audit_workers (
        id text PRIMARY KEY, host text, pid integer, version text, driver text, started_at integer, seen_at integer,
        stored integer, duplicates integer, rescued integer, buried integer, stored_per_second real,
        recovered_at integer, last_error text, last_error_at integer)`,
    ],
  },
};
