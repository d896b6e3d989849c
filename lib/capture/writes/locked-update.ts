import { queryRows } from '../../adapter/sql';
import type { Where } from '../../adapter/write-port';
import type { Row } from '../model/columns';
import { inTransaction } from './own-transaction';
import { asOne } from './savepoint';
import { PIECE, piecesOf, pieceSize } from './pieces';
import { idOfKey, RowReader } from './row-reader';
import type { Image, RawKey, ReadOptions } from './row-reader';
import type { Images } from './row-change';
import type { WriteCall } from './write-call';
import type { Written } from './written';

/** An UPDATE of the rows that meet a condition, as Sequelize makes it. */
export interface Update {
  readonly where: Where;
  readonly limit?: number | undefined;
  readonly written: Written;
  run(call: WriteCall, where: Where): Promise<unknown>;
  /** One answer for the caller, of those of all pieces. */
  sum(answers: readonly unknown[]): unknown;
}

/**
 * For databases that cannot return old values: locks the rows and reads them, lets Sequelize update just
 * those, and reads them again where only the database knows what became of them. Always the same few
 * statements, whatever the number of rows.
 */
export function updateLocked(call: WriteCall, update: Update): Promise<unknown> {
  return inTransaction(call, async (within) => {
    if (call.transaction) await lockFile(call);
    const rows = new RowReader(within, update.written.columns);
    const options: ReadOptions = {
      lock: true,
      ...(update.written.nextKey ? { nextKey: update.written.nextKey } : {}),
    };
    const found = await rows.where(update.where, {
      ...options,
      limit: Math.min(update.limit ?? Infinity, PIECE + 1),
    });
    if (found.length <= pieceSize(within)) return updateRows(within, update, rows, found);
    return asOne(within, (whole) => updateInPieces(whole, update, options));
  });
}

async function updateInPieces(call: WriteCall, update: Update, options: ReadOptions): Promise<unknown> {
  const rows = new RowReader(call, update.written.columns);
  const answers: unknown[] = [];
  for (const piece of piecesOf(call, await keysOf(call, update))) {
    answers.push(await updateRows(call, update, rows, await rows.byKeys(piece, options)));
  }
  return update.sum(answers);
}

/** Every row that the whole statement meets, by key alone. */
export async function keysOf(
  call: WriteCall,
  { where, limit }: Pick<Update, 'where' | 'limit'>,
): Promise<RawKey[]> {
  const images = await new RowReader(call, []).where(where, { lock: true, limit });
  return images.map(({ key }) => key);
}

/**
 * A transaction of SQLite's that has read and then writes is refused at once if another has written
 * meanwhile (SQLITE_BUSY, whatever the timeout). One that begins by writing waits for its turn.
 */
export async function lockFile(call: WriteCall): Promise<void> {
  const { sql, table, audited, sequelize, readOptions, transaction, dialect } = call;
  // Ours begin with the lock.
  if (dialect !== 'sqlite' || !transaction) return;
  const key = sql.name(audited.columns.keys[0]!.field);
  await queryRows(sequelize, `UPDATE ${sql.table(table)} SET ${key} = ${key} WHERE 0`, readOptions);
}

async function updateRows(
  call: WriteCall,
  update: Update,
  rows: RowReader,
  before: readonly Image[],
): Promise<unknown> {
  // Just the rows that are locked: one that meets the condition since then is another statement's concern.
  const answer = await update.run(call, rows.whereKeys(before.map(({ key }) => key)));
  const after = await afterImages(call, update.written, before);
  call.recordRows(before.map((image): Images => ({ before: image.row, after: after(image) ?? image.row })));
  return answer;
}

async function afterImages(
  call: WriteCall,
  { columns, unknown, after }: Written,
  before: readonly Image[],
): Promise<(image: Image) => Row | undefined> {
  if (unknown.length === 0) return () => after;
  const written = columns.filter(({ name }) => name in after);
  const images = await new RowReader(call, written).byKeys(
    before.map(({ key, nextKey }) => nextKey ?? key),
    { lock: true },
  );
  const byId = new Map(images.map(({ id, row }) => [id, row]));
  return ({ id, nextKey }) => {
    const row = byId.get(nextKey ? idOfKey(nextKey) : id);
    // Written, but not recorded: that alone is said of it.
    return row && { ...after, ...row };
  };
}
