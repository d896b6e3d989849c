import { setImmediate as nextTurn } from 'node:timers/promises';

import { QueryTypes } from 'sequelize';

import type { Batch } from '../../record/batch';
import { COLUMNS } from '../../record/wire';
import { driverError } from '../dialect';
import type { Dialect } from '../dialect';

/** sqlite3's connection and statements; `this` of the callback holds the number of changes. */
interface SqliteConnection {
  prepare(sql: string, done: (error: Error | null) => void): SqliteStatement;
}
interface SqliteStatement {
  run(values: unknown[], done: (this: { changes: number }, error: Error | null) => void): void;
  finalize(): void;
}

const CREATED_AT = COLUMNS.indexOf('created_at');
const RECORDS_A_TURN = 500;
const names = COLUMNS.join(', ');
const values = COLUMNS.map((_, index) => `json_extract(record, '$[${index}]')`).join(', ');
/**
 * One parameter for the whole batch: twice as fast as VALUES, and no limit on the number of parameters. `json_each`
 * writes the text of a record anew wherever it is asked for: with LIMIT that is once, without it once a column,
 * because SQLite would make one query of the two. It also would, were there no WHERE outside.
 */
const INSERT =
  `INSERT INTO audits (${names}) SELECT ${values} FROM (SELECT value AS record FROM json_each(?) LIMIT -1) ` +
  'WHERE true ON CONFLICT (id) DO NOTHING';

export const sqlite: Dialect = {
  name: 'sqlite',
  nowMs: "CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)",
  // The transaction is IMMEDIATE: it holds the file's only write lock already.
  lockMigrations: () => Promise.resolve(),
  unlockMigrations: () => Promise.resolve(),
  async columnsOf(sequelize, table, transaction) {
    const rows = await sequelize.query<{ name: string }>(`SELECT name FROM pragma_table_info(:table)`, {
      replacements: { table },
      type: QueryTypes.SELECT,
      ...(transaction ? { transaction } : {}),
    });
    return rows.map((row) => row.name);
  },
  deleteOldest: `DELETE FROM audits WHERE id IN
    (SELECT id FROM audits WHERE created_at >= :from AND created_at < :before ORDER BY created_at LIMIT :limit)`,
  timestamp: (date) => date.toISOString().slice(0, -1).replace('T', ' '),
  timestampText: 'CAST(created_at AS text)',
  hasTag: (tag, quoted) => `EXISTS (SELECT 1 FROM json_each(tags) WHERE value = ${quoted(tag)})`,
  // A path would have to be escaped as the JSON text is.
  hasKey: (column, keys, quoted) =>
    `EXISTS (SELECT 1 FROM json_each(${column}) WHERE key IN (${keys.map(quoted).join(', ')}))`,
  async prepare(batch) {
    const parameter = await jsonOf(batch);
    return async (connection, sent) => {
      const inserted = await run(connection as SqliteConnection, parameter, sent);
      return { inserted, duplicates: batch.count - inserted };
    };
  },
  isDataError: (error) => {
    const { code, message } = driverError(error);
    return (
      code === 'SQLITE_MISMATCH' ||
      code === 'SQLITE_TOOBIG' ||
      (code === 'SQLITE_CONSTRAINT' && !/UNIQUE/.test(message))
    );
  },
  isDuplicate: (error) =>
    driverError(error).code === 'SQLITE_CONSTRAINT' && /UNIQUE/.test(driverError(error).message),
  isRefusal: (error) => ['SQLITE_CANTOPEN', 'SQLITE_NOTADB'].includes(driverError(error).code ?? ''),
  isDenied: (error) => ['SQLITE_PERM', 'SQLITE_READONLY'].includes(driverError(error).code ?? ''),
  isMissingTable: (error) => /no such table/.test(driverError(error).message),
};

/** In steps, between which our thread is needed. */
function run(connection: SqliteConnection, parameter: string, sent: () => void): Promise<number> {
  return new Promise((resolve, reject) => {
    const statement = connection.prepare(INSERT, (unprepared) => {
      if (unprepared) return reject(unprepared);
      statement.run([parameter], function (error) {
        statement.finalize();
        if (error) reject(error);
        else resolve(this.changes);
      });
      sent();
    });
  });
}

/** Piece by piece: while one batch is prepared another is begun and written, of which each step needs our thread. */
async function jsonOf(batch: Batch): Promise<string> {
  const texts: string[] = [];
  for (const piece of batch.pieces(RECORDS_A_TURN)) {
    if (texts.length > 0) await nextTurn();
    const rows = piece.rowsOfJson();
    // The form in which Sequelize itself writes dates to SQLite, with microseconds.
    for (const row of rows) row[CREATED_AT] = `${(row[CREATED_AT] as string).slice(0, 26)} +00:00`;
    texts.push(JSON.stringify(rows).slice(1, -1));
  }
  return `[${texts.join()}]`;
}
