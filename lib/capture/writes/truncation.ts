import { internalsOf } from '../../adapter/model';
import { queryRows } from '../../adapter/sql';
import { dependantsOf } from './cascades';
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
    const forget = within.transaction ? within.trail.mark(within.transaction) : () => undefined;
    await lockFile(call);
    const { cascade } = call.audited.options;
    const dependants = cascade && call.options.cascade ? dependantsOf(call.audited, call.table) : [];
    const calls = [
      within,
      ...dependants.map((child) => within.on(child, internalsOf(child.model).getTableName())),
    ];
    for (const each of calls) await recordAllRows(each);
    let answer: unknown;
    try {
      answer = await run(within);
    } catch (error) {
      forget();
      throw error;
    }
    const commits = within.dialect === 'mysql' || within.dialect === 'mariadb';
    if (commits && within.transaction) within.trail.committed(within.transaction);
    return answer;
  });
}

async function recordAllRows(call: WriteCall): Promise<void> {
  const { sequelize, sql, table, readOptions } = call;
  if (call.dialect === 'postgres') {
    await queryRows(sequelize, `LOCK TABLE ${sql.table(table)} IN ACCESS EXCLUSIVE MODE`, readOptions);
  }
  for await (const page of new RowReader(call, allColumns(call)).matching(undefined)) {
    call.recordRows(page.map(({ row }) => ({ before: row })));
  }
}
