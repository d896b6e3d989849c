import { QueryTypes } from 'sequelize';
import { from as copyFrom } from 'pg-copy-streams';

import type { Batch } from '../../record/batch';
import { COLUMNS } from '../../record/wire';
import type { Row } from '../../record/wire';
import { driverError } from '../dialect';
import type { Dialect } from '../dialect';

/** The part of pg's client that is used, so that its types are not needed to use ours. */
interface PgClient {
  query(text: string, values: unknown[]): Promise<{ rowCount: number | null }>;
  query<T>(submittable: T): T;
}

const COLUMN_TYPES: Record<string, string> = {
  id: 'uuid',
  tags: 'jsonb',
  context: 'jsonb',
  old_values: 'jsonb',
  new_values: 'jsonb',
  created_at: 'timestamptz',
  schema_version: 'smallint',
};
/** Any bigint will do, as long as nobody else uses it; this is the text "audit" in ASCII. */
const LOCK = 0x6175646974;

const names = COLUMNS.join(', ');
const arrays = COLUMNS.map((_, index) => `$${index + 1}::text[]`).join(', ');
const casts = COLUMNS.map(
  (column) => `r.${column}${COLUMN_TYPES[column] ? `::${COLUMN_TYPES[column]}` : ''}`,
).join(', ');
/** The conflict target is named: a bare DO NOTHING would also swallow other constraints. */
const INSERT =
  `INSERT INTO audits (${names}) SELECT ${casts} FROM unnest(${arrays}) AS r(${names}) ` +
  'ON CONFLICT (id) DO NOTHING';
/** What a socket takes at once. */
const FIRST_BYTES = 4096;
const COPY = `COPY audits (${names}) FROM STDIN`;

export const postgres: Dialect = {
  name: 'postgres',
  nowMs: '(extract(epoch from clock_timestamp()) * 1000)::bigint',
  async lockMigrations(sequelize, transaction) {
    await sequelize.query(`SELECT pg_advisory_xact_lock(${LOCK})`, { transaction, type: QueryTypes.SELECT });
  },
  unlockMigrations: () => Promise.resolve(),
  async columnsOf(sequelize, table, transaction) {
    const rows = await sequelize.query<{ name: string }>(
      `SELECT attname AS name FROM pg_attribute
        WHERE attrelid = to_regclass(:table) AND attnum > 0 AND NOT attisdropped`,
      { replacements: { table }, type: QueryTypes.SELECT, ...(transaction ? { transaction } : {}) },
    );
    return rows.map((row) => row.name);
  },
  // By an array: to plan a join the planner looks for the smallest id there is, past all that is deleted already.
  deleteOldest: `DELETE FROM audits WHERE id = ANY (ARRAY
    (SELECT id FROM audits WHERE created_at >= :from AND created_at < :before ORDER BY created_at LIMIT :limit))`,
  timestamp: (date) => date.toISOString(),
  timestampText: 'CAST(created_at AS text)',
  hasTag: (tag, quoted) => `tags @> ${quoted(JSON.stringify(tag))}::jsonb`,
  hasKey: (column, keys, quoted) => `jsonb_exists_any(${column}, ARRAY[${keys.map(quoted).join(', ')}])`,
  prepare(batch) {
    const columns = columnsOfRows(batch.rows());
    return async (connection) => {
      const result = await (connection as PgClient).query(INSERT, columns);
      const inserted = result.rowCount ?? 0;
      return { inserted, duplicates: batch.count - inserted };
    };
  },
  /** COPY takes the wire form as it is, but knows no ON CONFLICT. */
  prepareNew(batch) {
    batch.assertKnownVersion();
    batch.assertEnds();
    return (connection, sent) => copy(connection as PgClient, batch, sent);
  },
  isDataError(error) {
    const { code } = driverError(error);
    // 22: data exception; 23: integrity; P0: raised by a trigger; 54000: a value too large for its index or row.
    return typeof code === 'string' && (/^(2[23]|P0)/.test(code) || code === '54000') && code !== '23505';
  },
  isDuplicate: (error) => driverError(error).code === '23505',
  isRefusal: (error) => ['28P01', '28000', '3D000'].includes(driverError(error).code ?? ''),
  isDenied: (error) => driverError(error).code === '42501',
  isMissingTable: (error) => driverError(error).code === '42P01',
};

function copy(client: PgClient, batch: Batch, sent: () => void): Promise<number> {
  return new Promise((resolve, reject) => {
    const stream = client.query(copyFrom(COPY));
    // Not once: a connection that breaks reports it twice, and an error nobody listens to ends the process.
    stream.on('error', reject);
    stream.once('finish', () => {
      // A line that says "\." ends the data for the server, without an error.
      if (stream.rowCount === batch.count) resolve(stream.rowCount);
      else reject(batch.holdsOthers());
    });
    // The first bytes are written when the server is ready for them; that all the others are may take most of the COPY.
    stream.write(batch.lines.subarray(0, FIRST_BYTES), () => {
      stream.end(batch.lines.subarray(FIRST_BYTES));
      sent();
    });
  });
}

/** One array a column: a statement of fixed text, whatever the number of rows. */
function columnsOfRows(rows: Row[]): (string | null)[][] {
  return COLUMNS.map((_, index) => rows.map((row) => row[index] ?? null));
}
