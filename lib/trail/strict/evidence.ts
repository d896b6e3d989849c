import { QueryTypes, Transaction } from 'sequelize';
import type { Sequelize } from 'sequelize';

import { driverError } from '../../storage/dialect';
import type { PreparedTransaction } from './prepared-transaction';

/** What became of a transaction: `running`, if it may still be committed; `unknown`, if the database cannot tell. */
export type Verdict = 'committed' | 'rolled back' | 'running' | 'unknown';

/**
 * Where a database cannot be asked about a transaction that is over, the transaction says so itself: it leaves
 * its id in a row of this table, in the application's database, and the row is as it says if it was committed.
 * There are as many rows as transactions that a process commits at one time; each is used again and again.
 */
export const COMMITS = 'audit_commits';
const CREATE_COMMITS = `CREATE TABLE IF NOT EXISTS ${COMMITS} (slot VARCHAR(64) PRIMARY KEY, transaction_id VARCHAR(64) NOT NULL)`;

const REMEMBER: Readonly<Record<string, string>> = {
  mysql: 'ON DUPLICATE KEY UPDATE transaction_id = :id',
  sqlite: 'ON CONFLICT (slot) DO UPDATE SET transaction_id = :id',
};

/** The name of a row in that table, of a process's own. */
export function slotOf(owner: string, number: number): string {
  return `${owner}:${number}`;
}

export function ownerOf(slot: string): string {
  return slot.slice(0, slot.indexOf(':'));
}

/** Asks for, or leaves, what will tell of a transaction's fate: one short statement in it. Throws what the database throws. */
export async function takeEvidence(
  sequelize: Sequelize,
  transaction: Transaction,
  id: string,
  slot: string,
): Promise<Pick<PreparedTransaction, 'xid' | 'slot'>> {
  const dialect = sequelize.getDialect();
  const options = { transaction, logging: false } as const;
  if (dialect === 'postgres') {
    // Known to each PostgreSQL; from 13 on it is another name of pg_current_xact_id().
    const [row] = await sequelize.query<{ xid: string }>('SELECT CAST(txid_current() AS text) AS xid', {
      ...options,
      type: QueryTypes.SELECT,
    });
    return row ? { xid: row.xid } : {};
  }
  const text = `INSERT INTO ${COMMITS} (slot, transaction_id) VALUES (:slot, :id) ${REMEMBER[dialect === 'sqlite' ? 'sqlite' : 'mysql']}`;
  const leave = (): Promise<unknown> => sequelize.query(text, { ...options, replacements: { slot, id } });
  try {
    await leave();
  } catch (error) {
    if (dialect !== 'sqlite' || !isMissingTable(error)) throw error;
    await sequelize.query(CREATE_COMMITS, options);
    await leave();
  }
  return { slot };
}

/**
 * Makes the table outside of any transaction, which on MySQL this statement would commit. On SQLite the
 * transaction that misses it makes it.
 */
export async function createCommits(sequelize: Sequelize): Promise<void> {
  await sequelize.query(CREATE_COMMITS, { transaction: null, logging: false });
}

/** MySQL: a deadlock, and where it is set so (innodb_rollback_on_timeout), a wait for a lock. */
const ENDS_ON_MYSQL = [1213, 1205];

/**
 * Whether that statement's failure has ended the transaction. The COMMIT that follows would commit nothing, and
 * seem to succeed: so the application must hear of it. On PostgreSQL any failure has, except that it was over before.
 */
export function hasEnded(sequelize: Sequelize, error: unknown): boolean {
  const { code, errno } = driverError(error);
  if (sequelize.getDialect() === 'postgres') return code !== '25P02';
  return errno !== undefined && ENDS_ON_MYSQL.includes(errno);
}

/** What the database says of a transaction. Throws where it cannot be asked at the moment. */
export async function verdictOf(sequelize: Sequelize, prepared: PreparedTransaction): Promise<Verdict> {
  if (prepared.xid !== undefined) return verdictOfXid(sequelize, prepared.xid);
  if (prepared.slot !== undefined) return verdictOfSlot(sequelize, prepared.slot, prepared.id);
  return 'unknown';
}

const BY_STATUS: Readonly<Record<string, Verdict>> = {
  committed: 'committed',
  aborted: 'rolled back',
  'in progress': 'running',
};

async function verdictOfXid(sequelize: Sequelize, xid: string): Promise<Verdict> {
  try {
    // A replica may not have heard of it yet.
    const [row] = await sequelize.query<{ status: string | null }>(
      'SELECT txid_status(CAST(:xid AS bigint)) AS status',
      { replacements: { xid }, type: QueryTypes.SELECT, transaction: null, useMaster: true, logging: false },
    );
    // Null: so long ago that PostgreSQL has forgotten it.
    return BY_STATUS[row?.status ?? ''] ?? 'unknown';
  } catch (error) {
    // A number that this server has not reached: it is another one, or was restored from a backup.
    if (driverError(error).code === '22023') return 'unknown';
    throw error;
  }
}

/**
 * The row is locked by its transaction for as long as that runs, also where its client is gone. Only a locking
 * read sees that; on SQLite the process that wrote has died, or has closed the connection, and with it its transaction.
 */
async function verdictOfSlot(sequelize: Sequelize, slot: string, id: string): Promise<Verdict> {
  const isSqlite = sequelize.getDialect() === 'sqlite';
  // MariaDB 10.3, MySQL 8.
  const lock = isSqlite ? '' : ' FOR UPDATE NOWAIT';
  const text = `SELECT transaction_id AS id FROM ${COMMITS} WHERE slot = :slot${lock}`;
  try {
    const rows = await apart(sequelize, (transaction) =>
      sequelize.query<{ id: string }>(text, {
        replacements: { slot },
        type: QueryTypes.SELECT,
        transaction,
        logging: false,
      }),
    );
    return rows[0]?.id === id ? 'committed' : 'rolled back';
  } catch (error) {
    const { errno } = driverError(error);
    // MariaDB's and MySQL's answer to NOWAIT.
    if (errno === 1205 || errno === 3572) return 'running';
    if (isMissingTable(error)) return verdictWithoutTable(sequelize);
    throw error;
  }
}

/**
 * On SQLite the transaction makes the table, unless it is rolled back; a file with no table at all is a new one, at a
 * wrong place. Elsewhere the table was there before, and somebody has removed it.
 */
async function verdictWithoutTable(sequelize: Sequelize): Promise<Verdict> {
  if (sequelize.getDialect() !== 'sqlite') return 'unknown';
  const options = { type: QueryTypes.SELECT, transaction: null, logging: false } as const;
  const tables = await sequelize.query('SELECT 1 FROM sqlite_master LIMIT 1', options);
  return tables.length > 0 ? 'rolled back' : 'unknown';
}

/** Forgets the rows of a process that has ended, whose transactions are all settled. */
export async function forgetSlots(sequelize: Sequelize, owner: string): Promise<void> {
  if (sequelize.getDialect() === 'postgres') return;
  try {
    await sequelize.query(`DELETE FROM ${COMMITS} WHERE slot LIKE :owner`, {
      replacements: { owner: `${owner}:%` },
      transaction: null,
      logging: false,
    });
  } catch (error) {
    if (!isMissingTable(error)) throw error;
  }
}

function apart<T>(sequelize: Sequelize, work: (transaction: Transaction) => Promise<T>): Promise<T> {
  const isSqlite = sequelize.getDialect() === 'sqlite';
  return sequelize.transaction(
    { logging: false, ...(isSqlite ? { type: Transaction.TYPES.DEFERRED } : {}) },
    work,
  );
}

export function isMissingTable(error: unknown): boolean {
  const { errno, message } = driverError(error);
  return errno === 1146 || /no such table/.test(message);
}
