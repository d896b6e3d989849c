import { QueryTypes } from 'sequelize';

import type { Batch } from '../../record/batch';
import { COLUMNS } from '../../record/wire';
import type { Row } from '../../record/wire';
import { driverError } from '../dialect';
import type { Dialect, DriverConnection } from '../dialect';

/** mysql2's connection: callbacks, and one placeholder for all rows. */
interface Mysql2Connection {
  query(
    sql: string,
    values: unknown[],
    done: (error: Error | null, result: { affectedRows: number }) => void,
  ): void;
}
/** MariaDB's connection: promises, and the bulk protocol. */
interface MariadbConnection {
  batch(sql: string, rows: Row[]): Promise<{ affectedRows: number } | { affectedRows: number }[]>;
}

const CREATED_AT = COLUMNS.indexOf('created_at');
const names = COLUMNS.join(', ');
const INSERT = `INSERT INTO audits (${names}) VALUES`;
const ROW = `(${COLUMNS.map(() => '?').join(', ')})`;
/** INSERT IGNORE would also turn refused data into other data; a no-op update only passes over duplicates. */
const ON_DUPLICATE = 'ON DUPLICATE KEY UPDATE audits.id = audits.id';
const ROWS_A_STATEMENT = 1000;
const LOCK = 'sequelize-async-audit.migrations';

/**
 * 1264, 1265, 1292, 1366: not of the column's form; 1406: too long; 1048, 1364: missing; 4025, 3140, 3819: refused
 * by a check; 1644: by a trigger; 1153, 45046: more than max_allowed_packet.
 */
const DATA_ERRORS = new Set([1048, 1153, 1264, 1265, 1292, 1364, 1366, 1406, 1644, 3140, 3819, 4025, 45046]);

/** Both dialects that Sequelize has for this protocol; only the drivers' connections differ. */
export const mysql: Dialect = {
  name: 'mysql',
  nowMs: 'CAST(UNIX_TIMESTAMP(NOW(3)) * 1000 AS SIGNED)',
  async lockMigrations(sequelize, transaction) {
    const sql = `SELECT GET_LOCK('${LOCK}', 60) AS got`;
    const rows = await sequelize.query<{ got: number | null }>(sql, { transaction, type: QueryTypes.SELECT });
    if (Number(rows[0]?.got) !== 1)
      throw new Error('another migration has held the lock for more than 60 seconds');
  },
  async unlockMigrations(sequelize, transaction) {
    await sequelize.query(`SELECT RELEASE_LOCK('${LOCK}')`, { transaction, type: QueryTypes.SELECT });
  },
  async columnsOf(sequelize, table, transaction) {
    const rows = await sequelize.query<{ name: string }>(
      'SELECT COLUMN_NAME AS name FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = :table',
      { replacements: { table }, type: QueryTypes.SELECT, ...(transaction ? { transaction } : {}) },
    );
    return rows.map((row) => row.name);
  },
  deleteOldest: `DELETE FROM audits WHERE created_at >= :from AND created_at < :before
    ORDER BY created_at LIMIT :limit`,
  timestamp: (date) => date.toISOString().slice(0, -1).replace('T', ' '),
  timestampText: 'CAST(created_at AS CHAR)',
  hasTag: (tag, quoted) => `JSON_CONTAINS(tags, ${quoted(JSON.stringify(tag))})`,
  hasKey(column, keys, quoted) {
    const paths = keys.map((key) => quoted(`$.${JSON.stringify(key)}`));
    return `JSON_CONTAINS_PATH(${column}, 'one', ${paths.join(', ')})`;
  },
  prepare(batch) {
    // In order of the key, so that two writers lock in the same order.
    const rows = rowsOf(batch).sort(byId);
    return async (connection) => {
      const affected = await insert(connection, rows, ON_DUPLICATE);
      const inserted = Math.min(rows.length, affected);
      return { inserted, duplicates: rows.length - inserted };
    };
  },
  prepareNew(batch) {
    const [first, ...others] = batch.pieces(ROWS_A_STATEMENT) as [Batch, ...Batch[]];
    // While another batch is being written.
    const rows = rowsOf(first);
    return (connection, sent) => insertAhead(connection, rows, others, sent);
  },
  isDataError: (error) => DATA_ERRORS.has(driverError(error).errno ?? 0),
  isDuplicate: (error) => driverError(error).errno === 1062,
  isRefusal: (error) => [1044, 1045, 1049, 1698].includes(driverError(error).errno ?? 0),
  // To the database; to the table; to a column.
  isDenied: (error) => [1044, 1142, 1143].includes(driverError(error).errno ?? 0),
  isMissingTable: (error) => driverError(error).errno === 1146,
};

function rowsOf(batch: Batch): Row[] {
  const rows = batch.rowsOfJson();
  // The column holds UTC without saying so.
  for (const row of rows) row[CREATED_AT] = (row[CREATED_AT] as string).slice(0, 26);
  return rows;
}

/**
 * A statement a piece, of which two are on their way at a time: the server need not wait for the next, and rows that
 * are made when it is their turn are soon forgotten. Not for a transaction of the application: after a deadlock,
 * which ends the transaction, the server would commit the statement behind it by itself. Ours is only written again.
 */
async function insertAhead(
  connection: DriverConnection,
  first: Row[],
  others: readonly Batch[],
  sent: () => void,
): Promise<number> {
  const statements: Promise<number>[] = [];
  const send = (rows: Row[]): void => {
    const statement = insert(connection, rows);
    // It is the first error that is told; nobody waits for another.
    statement.catch(() => undefined);
    statements.push(statement);
  };
  try {
    send(first);
    for (const piece of others) {
      await statements.at(-2);
      send(rowsOf(piece));
    }
    sent();
    return (await Promise.all(statements)).reduce((sum, affected) => sum + affected, 0);
  } finally {
    // MariaDB's driver sends a statement in two steps: the second would come after our ROLLBACK.
    await Promise.allSettled(statements);
  }
}

/** Resolves to the number of rows affected. */
function insert(connection: DriverConnection, rows: Row[], onDuplicate = ''): Promise<number> {
  return 'batch' in (connection as object)
    ? insertMariadb(connection as MariadbConnection, rows, onDuplicate)
    : insertMysql2(connection as Mysql2Connection, rows, onDuplicate);
}

async function insertMariadb(
  connection: MariadbConnection,
  rows: Row[],
  onDuplicate: string,
): Promise<number> {
  const result = await connection.batch(`${INSERT} ${ROW} ${onDuplicate}`, rows);
  const results = Array.isArray(result) ? result : [result];
  return results.reduce((sum, { affectedRows }) => sum + affectedRows, 0);
}

function insertMysql2(connection: Mysql2Connection, rows: Row[], onDuplicate: string): Promise<number> {
  return new Promise((resolve, reject) => {
    connection.query(`${INSERT} ? ${onDuplicate}`, [rows], (error, result) => {
      if (error) reject(error);
      else resolve(result.affectedRows);
    });
  });
}

function byId(a: Row, b: Row): number {
  return (a[0] as string) < (b[0] as string) ? -1 : 1;
}
