import { writeRaw } from '../../adapter/sql';
import { areMany } from './are-many';
import { AT_ONCE } from './pieces';
import { imagesOf, partsOf, returnedOf } from './returning-statement';
import type { Returned, ReturningStatement } from './returning-statement';
import { writeStaged } from './staged-statement';
import type { WriteCall } from './write-call';

/**
 * Rows of which everything is in memory at once. Of an update that is what it sets, and there may be more than
 * elsewhere, because a larger set is locked for nothing first.
 */
const UPDATED_AT_ONCE = 10_000;

/**
 * Old and new values and the write itself in one statement, without a race: the first part locks the rows
 * and reads them, the second joins them by key, and returns both. `UPDATE … FROM` alone is no substitute:
 * it could read what another transaction has replaced meanwhile. The second part repeats the condition where
 * it can, for tables in which what the model calls the key is not unique. Names are ours, so that
 * `SET n = n + 1` and the application's own subqueries stay clear, and need no quotes (`quoteIdentifiers: false`).
 *
 * Larger sets the statement leaves alone. It then says no more than that it wrote none; where there is any row, whatever
 * their number by now, their values go through a temporary table, if one may be made; else memory has to do.
 */
export async function writeReturning(call: WriteCall, statement: ReturningStatement): Promise<Returned> {
  const { isSmall } = statement;
  const most = statement.written ? UPDATED_AT_ONCE : AT_ONCE;
  const written = await writeUpTo(isSmall ? Infinity : most, call, statement);
  if (isSmall || written.count > 0 || !(await areMany(call, statement, 0))) return written;
  return (await writeStaged(call, statement)) ?? (await writeUpTo(Infinity, call, statement));
}

async function writeUpTo(most: number, call: WriteCall, statement: ReturningStatement): Promise<Returned> {
  const { before, write, bind } = partsOf(call, statement, most);
  const { instance } = statement;
  const options = instance ? { ...call.options, instance } : call.options;
  const rows = await writeRaw(
    call.sequelize,
    { query: `WITH ${before} ${write}`, bind },
    options,
    call.transaction,
  );
  call.recordRows(imagesOf(call, statement, rows));
  return { count: rows.length, rows: returnedOf(statement, rows) };
}
