import { deletedRows } from '../../adapter/sql';
import { cascadesOf } from './cascades';
import { writeLocked } from './locked-write';
import type { SetStatement } from './locked-write';
import { writeReturning } from './one-statement';
import { PIECE } from './pieces';
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
  const { answer, where, limit } = statement;
  if (!answer || call.audited.options.cascade || call.dialect === 'mysql')
    return deleteLocked(call, statement);
  if (call.dialect === 'postgres') {
    const columns = allColumns(call);
    const head = (): string => `DELETE FROM ${call.sql.table(call.table)}`;
    return answer((await writeReturning(call, { where, limit, returned: [], head, columns })).count);
  }
  if (statement.isSmall && !call.isSync) return answer(await deleteReturning(call, statement));
  return answer(await asOne(call, (within) => deleteReturning(within, statement)));
}

/** `DELETE … RETURNING` of MariaDB and SQLite, piece by piece. */
async function deleteReturning(call: WriteCall, { where, limit, isSmall }: Delete): Promise<number> {
  const reader = new RowReader(call, allColumns(call));
  const table = call.sql.table(call.table);
  const condition = call.sql.condition(where, call.model);
  const matching = condition ? ` WHERE ${condition}` : '';
  let count = 0;
  for (let left = limit ?? Infinity; left > 0;) {
    const size = Math.min(left, PIECE);
    const bounded =
      call.dialect === 'sqlite'
        ? ` WHERE rowid IN (SELECT rowid FROM ${table}${matching} LIMIT ${size})`
        : `${matching} LIMIT ${size}`;
    const text = `DELETE FROM ${table}${isSmall ? matching : bounded} RETURNING ${reader.selection().join(', ')}`;
    const rows = await deletedRows(call.sequelize, text, call.readOptions);
    call.recordRows(rows.map((raw) => ({ before: reader.rowFrom(raw) })));
    count += rows.length;
    left = isSmall || rows.length < size ? 0 : left - rows.length;
  }
  return count;
}

/** Locks the rows, reads them, lets Sequelize delete just those. */
function deleteLocked(call: WriteCall, statement: Delete): Promise<unknown> {
  return writeLocked(call, statement, {
    // What refers to a row may refer to any of its columns.
    columns: call.audited.options.cascade ? call.audited.columns.all : allColumns(call),
    write: (within, rows, found) => deleteFound(within, statement, rows, found),
  });
}

async function deleteFound(
  call: WriteCall,
  statement: Delete,
  rows: RowReader,
  found: readonly Image[],
): Promise<unknown> {
  const recordCascades = call.audited.options.cascade ? await cascadesOf(call, found) : undefined;
  const answer = await statement.run(call, rows.whereKeys(found.map(({ key }) => key)));
  call.recordRows(found.map(({ row }) => ({ before: row })));
  await recordCascades?.();
  return answer;
}
