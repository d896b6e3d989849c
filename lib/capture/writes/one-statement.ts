import { writeRaw } from '../../adapter/sql';
import { areMany } from './are-many';
import { imagesOf, partsOf, returnedOf } from './returning-statement';
import type { Returned, ReturningStatement } from './returning-statement';
import { writeStaged } from './staged-statement';
import type { WriteCall } from './write-call';

/** Rows of which everything is in memory at once. More than elsewhere, because a larger set is locked for nothing first. */
const AT_ONCE = 20_000;

/**
 * Old and new values and the write itself in one statement, without a race: the first part locks the rows
 * and reads them, the second joins them by key, and returns both. `UPDATE … FROM` alone is no substitute:
 * it could read what another transaction has replaced meanwhile. The second part repeats the condition where
 * it can, for tables in which what the model calls the key is not unique. Names are ours, so that
 * `SET n = n + 1` and the application's own subqueries stay clear, and need no quotes (`quoteIdentifiers: false`).
 *
 * Sets above AT_ONCE rows the statement leaves alone. As it then says no more than that it wrote none, they are counted;
 * their values go through a temporary table, if one may be made; else memory has to do.
 */
export async function writeReturning(call: WriteCall, statement: ReturningStatement): Promise<Returned> {
  const { isSmall } = statement;
  const written = await writeUpTo(isSmall ? Infinity : AT_ONCE, call, statement);
  if (isSmall || written.count > 0 || !(await areMany(call, statement, AT_ONCE))) return written;
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
