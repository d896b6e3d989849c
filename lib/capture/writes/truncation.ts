import { internalsOf } from '../../adapter/model';
import { queryRows } from '../../adapter/sql';
import { cascadesOf, dependantsOf } from './cascades';
import { lockFile } from './locked-write';
import { inTransaction } from './own-transaction';
import { RowReader } from './row-reader';
import type { WriteCall } from './write-call';
import { allColumns } from './written';

/**
 * Empties a table, and records each row that it held. No database returns what TRUNCATE removes: the table is
 * locked (PostgreSQL, SQLite) and read page by page first.
 *
 * On MySQL and MariaDB TRUNCATE cannot be locked out, and commits the transaction it is made in.
 */
export function truncateRows(call: WriteCall, run: (call: WriteCall) => Promise<unknown>): Promise<unknown> {
  return inTransaction(call, async (within) => {
    const forget = within.markRecords();
    await lockFile(call);
    const { cascade } = call.audited.options;
    const dependants = cascade && call.options.cascade ? dependantsOf(call.audited, call.table) : [];
    const calls = [
      within,
      ...dependants.map((child) => within.on(child, internalsOf(child.model).getTableName())),
    ];
    const fates: (() => Promise<void>)[] = [];
    for (const each of calls) fates.push(...(await recordAllRows(each)));
    let answer: unknown;
    try {
      answer = await run(within);
    } catch (error) {
      forget();
      throw error;
    }
    for (const recordFate of fates) await recordFate();
    if (within.isMySql && within.transaction) within.trail.committed(within.transaction);
    return answer;
  });
}

/** Answers with what is to be recorded once the rows are gone: SQLite's TRUNCATE is a DELETE, which foreign keys follow. */
async function recordAllRows(call: WriteCall): Promise<(() => Promise<void>)[]> {
  const { sequelize, sql, table, readOptions, audited } = call;
  if (call.dialect === 'postgres') {
    await queryRows(sequelize, `LOCK TABLE ${sql.table(table)} IN ACCESS EXCLUSIVE MODE`, readOptions);
  }
  const isFollowed = call.dialect === 'sqlite' && audited.options.cascade;
  const reader = new RowReader(call, isFollowed ? audited.columns.all : allColumns(call));
  const fates: (() => Promise<void>)[] = [];
  for await (const page of reader.matching(undefined)) {
    call.recordRows(page.map(({ row }) => ({ before: row })));
    if (isFollowed) fates.push(await cascadesOf(call, page));
  }
  return fates;
}
