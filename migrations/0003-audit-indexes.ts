import type { Migration } from '../lib/storage/migration';

/**
 * For what one asks of a single request. Records made outside of one have none; MariaDB and MySQL know no partial
 * indexes. By transaction or by model an index costs as much, and is missed less: docs/reading.md has the figures.
 */
const NAME = 'audits_request';
const CREATE =
  'CREATE INDEX IF NOT EXISTS audits_request ON audits (request_id) WHERE request_id IS NOT NULL';
const DROP = 'DROP INDEX IF EXISTS audits_request';

export const auditIndexes: Migration = {
  name: '0003-audit-indexes',
  table: 'audits',
  up: {
    postgres: [CREATE],
    mysql: whereThere(0, 'CREATE INDEX audits_request ON audits (request_id)'),
    sqlite: [CREATE],
  },
  down: {
    postgres: [DROP],
    mysql: whereThere(1, 'DROP INDEX audits_request ON audits'),
    sqlite: [DROP],
  },
};

/** MySQL knows no IF NOT EXISTS for an index, and commits each by itself: the step may have been made already. */
function whereThere(columns: 0 | 1, sql: string): string[] {
  return [
    `SET @audit_step = IF((SELECT COUNT(*) FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = DATABASE()
      AND TABLE_NAME = 'audits' AND INDEX_NAME = '${NAME}') = ${columns}, '${sql}', 'DO 0')`,
    'PREPARE audit_step FROM @audit_step',
    'EXECUTE audit_step',
    'DEALLOCATE PREPARE audit_step',
  ];
}
