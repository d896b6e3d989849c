import { deletedRows, writeRaw } from '../../adapter/sql';
import type { Where } from '../../adapter/write-port';
import { areMany } from './are-many';
import { cascadesOf } from './cascades';
import { keyCondition } from './key-condition';
import { writeLocked } from './locked-write';
import type { SetStatement } from './locked-write';
import { writeReturning } from './one-statement';
import { inTransactionIfNeeded } from './own-transaction';
import { piecesOf } from './pieces';
import { RowReader } from './row-reader';
import type { Image } from './row-reader';
import { asOne } from './savepoint';
import type { WriteCall } from './write-call';
import { allColumns } from './written';

export interface Delete extends SetStatement {
  /** Whether the condition names few rows, by their keys. */
  readonly isSmall: boolean;
  /** The caller's answer where the statement is ours; undefined if it must be Sequelize's. */
  readonly answer?: (count: number) => unknown;
}

/** Deletes rows and records all that they held: in one statement where the database returns what it deletes. */
export async function deleteRows(call: WriteCall, statement: Delete): Promise<unknown> {
  const { answer, isSmall, where, limit } = statement;
  const { dialect, sql, table } = call;
  if (!answer || call.audited.options.cascade || dialect === 'mysql') return deleteLocked(call, statement);
  // Few rows come back by RETURNING itself. Of many nobody knows how many, and all of them would come.
  if (dialect === 'postgres' && !(isSmall && limit === undefined)) {
    const columns = allColumns(call);
    const head = (): string => `DELETE FROM ${sql.table(table)}`;
    const written = await writeReturning(call, { ...statement, returned: [], head, columns });
    return answer(written.count);
  }
  if (dialect === 'sqlite' && !isSmall) return deleteLocked(call, statement);
  if (isSmall || !(await areMany(call, statement))) {
    return answer(await inTransactionIfNeeded(call, (within) => deleteReturning(within, where, limit)));
  }
  return answer(await asOne(call, (within) => deleteInPieces(within, statement)));
}

/** `DELETE … RETURNING`: of a row that another transaction has changed meanwhile, what that left. */
async function deleteReturning(call: WriteCall, where: Where, limit?: number): Promise<number> {
  const { dialect, sql, sequelize, options, readOptions, transaction } = call;
  const reader = new RowReader(call, allColumns(call));
  const condition = sql.condition(where, call.model);
  const text =
    `DELETE FROM ${sql.table(call.table)}${condition ? ` WHERE ${condition}` : ''}` +
    `${limit === undefined ? '' : ` LIMIT ${limit}`} RETURNING ${reader.selection().join(', ')}`;
  const rows =
    dialect === 'postgres'
      ? await writeRaw(sequelize, { query: text }, options, transaction)
      : await deletedRows(sequelize, text, readOptions);
  call.recordRows(rows.map((raw) => ({ before: reader.rowFrom(raw) })));
  return rows.length;
}

/** By keys: what a condition finds may depend on what has gone already. */
async function deleteInPieces(call: WriteCall, { where, limit }: Delete): Promise<number> {
  const keys = await new RowReader(call, []).keysWhere(where, { lock: 'key', limit });
  let count = 0;
  for (const piece of piecesOf(keys)) {
    count += await deleteReturning(call, call.sql.expression(keyCondition(call, piece)));
  }
  return count;
}

/** Locks the rows, reads them, lets Sequelize delete just those. */
function deleteLocked(call: WriteCall, statement: Delete): Promise<unknown> {
  const { cascade } = call.audited.options;
  // Read and deleted in two statements, which must mean the same rows.
  const isPlain = !cascade && statement.isRepeatable && statement.limit === undefined;
  return writeLocked(call, statement, {
    // What refers to a row may refer to any of its columns.
    columns: cascade ? call.audited.columns.all : allColumns(call),
    isOfKeys: true,
    write: (within, found, where) => deleteFound(within, statement, found, where),
    ...(isPlain ? { writeAll: (within: WriteCall) => deleteAll(within, statement) } : {}),
  });
}

async function deleteFound(
  call: WriteCall,
  statement: Delete,
  found: readonly Image[],
  where: Where,
): Promise<unknown> {
  const recordCascades = call.audited.options.cascade ? await cascadesOf(call, found) : undefined;
  const answer = await statement.run(call, where);
  const gone = await whatWent(call, found, answer);
  call.recordRows(gone.map(({ row }) => ({ before: row })));
  await recordCascades?.();
  return answer;
}

/** A trigger may keep rows from going. */
async function whatWent(
  call: WriteCall,
  found: readonly Image[],
  answer: unknown,
): Promise<readonly Image[]> {
  if (typeof answer !== 'number' || answer >= found.length) return found;
  const left = await new RowReader(call, []).byKeys(found.map(({ key }) => key));
  const ids = new Set(left.map(({ id }) => id));
  return found.filter(({ id }) => !ids.has(id));
}

/** Where nobody else can write (SQLite), in one statement, so that constraints are checked at its end. */
async function deleteAll(call: WriteCall, statement: Delete): Promise<unknown> {
  const { where } = statement;
  const forget = call.markRecords();
  for await (const page of new RowReader(call, allColumns(call)).matching(where)) {
    call.recordRows(page.map(({ row }) => ({ before: row })));
  }
  try {
    return await statement.run(call, where);
  } catch (error) {
    forget();
    throw error;
  }
}
