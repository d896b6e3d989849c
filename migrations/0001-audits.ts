import type { Migration } from '../lib/storage/migration';

export const audits: Migration = {
  name: '0001-audits',
  table: 'audits',
  up: {
    postgres: [
      `CREATE TABLE IF NOT EXISTS audits (
        id uuid PRIMARY KEY, event text NOT NULL, auditable_type text, auditable_id text, parent_type text, parent_id text,
        user_type text, user_id text, url text, ip_address text, user_agent text, request_id text,
        transaction_id text, tags jsonb, context jsonb, old_values jsonb, new_values jsonb,
        created_at timestamptz(6) NOT NULL, schema_version smallint NOT NULL)`,
      'CREATE INDEX IF NOT EXISTS audits_record ON audits (auditable_type, auditable_id, id)',
      'CREATE INDEX IF NOT EXISTS audits_parent ON audits (parent_type, parent_id, id) WHERE parent_id IS NOT NULL',
      'CREATE INDEX IF NOT EXISTS audits_user ON audits (user_type, user_id, id)',
      'CREATE INDEX IF NOT EXISTS audits_time ON audits (created_at)',
    ],
    // Keys are compared byte by byte (utf8mb4_bin): "a1" and "A1" are two records. JSON is kept as text: columns of
    // the type json refuse what they find too deep or too long, and no record may be refused for what it holds.
    mysql: [
      `CREATE TABLE IF NOT EXISTS audits (
        id char(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY, event varchar(255) NOT NULL,
        auditable_type varchar(255), auditable_id varchar(255), parent_type varchar(255), parent_id varchar(255), user_type varchar(255), user_id varchar(255),
        url text, ip_address varchar(255), user_agent text, request_id varchar(255), transaction_id varchar(255),
        tags longtext, context longtext, old_values longtext, new_values longtext,
        created_at datetime(6) NOT NULL, schema_version smallint NOT NULL,
        INDEX audits_record (auditable_type, auditable_id, id),
        INDEX audits_parent (parent_type, parent_id, id), INDEX audits_user (user_type, user_id, id),
        INDEX audits_time (created_at))
        ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin ROW_FORMAT=DYNAMIC`,
    ],
    sqlite: [
      `CREATE TABLE IF NOT EXISTS audits (
        id text NOT NULL PRIMARY KEY, event text NOT NULL, auditable_type text, auditable_id text, parent_type text, parent_id text,
        user_type text, user_id text, url text, ip_address text, user_agent text, request_id text,
        transaction_id text, tags json, context json, old_values json, new_values json,
        created_at datetime NOT NULL, schema_version integer NOT NULL)`,
      'CREATE INDEX IF NOT EXISTS audits_record ON audits (auditable_type, auditable_id, id)',
      'CREATE INDEX IF NOT EXISTS audits_parent ON audits (parent_type, parent_id, id) WHERE parent_id IS NOT NULL',
      'CREATE INDEX IF NOT EXISTS audits_user ON audits (user_type, user_id, id)',
      'CREATE INDEX IF NOT EXISTS audits_time ON audits (created_at)',
    ],
  },
};
