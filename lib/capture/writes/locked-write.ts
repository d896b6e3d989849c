import { queryRows } from '../../adapter/sql';
import type { Where } from '../../adapter/write-port';
import type { Column } from '../model/columns';
import { both, keyCondition } from './key-condition';
import type { Condition } from './key-condition';
import { inTransaction } from './own-transaction';
import { AT_ONCE, piecesOf } from './pieces';
import { RowReader } from './row-reader';
import type { RawKey } from './raw-key';
import type { Image, ReadOptions } from './row-reader';
import { asOne } from './savepoint';
import type { WriteCall } from './write-call';

/** An UPDATE or DELETE of the rows that meet a condition, as Sequelize makes it. */
export interface SetStatement extends Condition {
  readonly limit?: number | undefined;
  run(call: WriteCall, where: Where): Promise<unknown>;
  /** One answer for the caller, of those of all pieces. */
  sum(answers: readonly unknown[]): unknown;
}

/** What is read of the rows before, and what is then done with those that were found. */
export interface LockedWrite {
  readonly columns: readonly Column[];
  readonly nextKey?: ReadOptions['nextKey'];
  /** Whether rows go, or get other keys. */
  readonly isOfKeys: boolean;
  /** Writes just the rows that were found: one that meets the condition since then is another statement's concern. */
  readonly write: (call: WriteCall, found: readonly Image[], where: Where) => Promise<unknown>;
  /** All of a large set in one statement, for a database in which nobody else can write. */
  readonly writeAll?: (call: WriteCall) => Promise<unknown>;
}

/**
 * Locks the rows that a statement meets and reads them before they are written; large sets in pieces, by
 * their keys. Always the same few statements, whatever the number of rows in a piece.
 */
export function writeLocked(
  call: WriteCall,
  statement: SetStatement,
  { columns, nextKey, isOfKeys, write, writeAll }: LockedWrite,
): Promise<unknown> {
  const options: ReadOptions = { lock: isOfKeys ? 'key' : 'row', ...(nextKey ? { nextKey } : {}) };
  const { where, isBound } = statement;
  // Throws as Sequelize would, of what cannot be bound.
  if (isBound) call.sql.boundCondition(where, call.model, []);
  return inTransaction(call, async (within) => {
    await lockFile(call);
    const rows = new RowReader(within, columns);
    const limit = Math.min(statement.limit ?? Infinity, AT_ONCE + 1);
    const found = await rows.where(where, { ...options, limit });
    const those = (keys: readonly RawKey[]): string => keyCondition(within, keys, isBound);
    if (found.length <= AT_ONCE) {
      return write(within, found, both(within, statement, those(found.map(({ key }) => key))));
    }
    if (writeAll && within.dialect === 'sqlite') return writeAll(within);
    return asOne(within, async (whole) => {
      const answers: unknown[] = [];
      const keys = await new RowReader(whole, []).keysWhere(where, {
        lock: options.lock,
        limit: statement.limit,
      });
      for (const piece of piecesOf(keys)) {
        // By keys alone: the pieces before may have changed what a subquery of the condition finds.
        const condition = whole.sql.expression(those(piece));
        answers.push(await write(whole, await rows.byKeys(piece, options), condition));
      }
      return statement.sum(answers);
    });
  });
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
