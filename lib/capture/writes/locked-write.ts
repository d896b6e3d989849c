import { queryRows } from '../../adapter/sql';
import type { Where } from '../../adapter/write-port';
import type { Column } from '../model/columns';
import { inTransaction } from './own-transaction';
import { PIECE, piecesOf, pieceSize } from './pieces';
import { RowReader } from './row-reader';
import type { Image, RawKey, ReadOptions } from './row-reader';
import { asOne } from './savepoint';
import type { WriteCall } from './write-call';

/** An UPDATE or DELETE of the rows that meet a condition, as Sequelize makes it. */
export interface SetStatement {
  readonly where: Where;
  readonly limit?: number | undefined;
  run(call: WriteCall, where: Where): Promise<unknown>;
  /** One answer for the caller, of those of all pieces. */
  sum(answers: readonly unknown[]): unknown;
}

/** What is read of the rows before, and what is then done with those that were found. */
export interface LockedWrite {
  readonly columns: readonly Column[];
  readonly nextKey?: ReadOptions['nextKey'];
  readonly write: (call: WriteCall, rows: RowReader, found: readonly Image[]) => Promise<unknown>;
}

/**
 * Locks the rows that a statement meets and reads them before they are written; large sets in pieces, by
 * their keys. Always the same few statements, whatever the number of rows in a piece.
 */
export function writeLocked(
  call: WriteCall,
  statement: SetStatement,
  { columns, nextKey, write }: LockedWrite,
): Promise<unknown> {
  const options: ReadOptions = { lock: true, ...(nextKey ? { nextKey } : {}) };
  return inTransaction(call, async (within) => {
    await lockFile(call);
    const rows = new RowReader(within, columns);
    const limit = Math.min(statement.limit ?? Infinity, PIECE + 1);
    const found = await rows.where(statement.where, { ...options, limit });
    if (found.length <= pieceSize(within)) return write(within, rows, found);
    return asOne(within, async (whole) => {
      const answers: unknown[] = [];
      for (const piece of piecesOf(whole, await keysOf(whole, statement))) {
        answers.push(await write(whole, rows, await rows.byKeys(piece, options)));
      }
      return statement.sum(answers);
    });
  });
}

/** Every row that the whole statement meets, by key alone. */
export function keysOf(
  call: WriteCall,
  { where, limit }: Pick<SetStatement, 'where' | 'limit'>,
): Promise<RawKey[]> {
  return new RowReader(call, []).keysWhere(where, { lock: true, limit });
}

/**
 * A transaction of SQLite's that has read and then writes is refused at once if another has written
 * meanwhile (SQLITE_BUSY, whatever the timeout). One that begins by writing waits for its turn.
 */
export async function lockFile(call: WriteCall): Promise<void> {
  const { sql, table, audited, sequelize, readOptions, transaction, dialect } = call;
  // Without a transaction the write gets one of ours, which begins with the lock.
  if (dialect !== 'sqlite' || !transaction) return;
  const key = sql.name(audited.columns.keys[0]!.field);
  await queryRows(sequelize, `UPDATE ${sql.table(table)} SET ${key} = ${key} WHERE 0`, readOptions);
}
