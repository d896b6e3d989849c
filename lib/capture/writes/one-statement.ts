import { writeRaw } from '../../adapter/sql';
import { AT_ONCE } from './pieces';
import { imagesOf, partsOf, returnedOf } from './returning-statement';
import type { Returned, ReturningStatement } from './returning-statement';
import { writeStaged } from './staged-statement';
import type { WriteCall } from './write-call';

/**
 * Old and new values and the write itself in one statement, without a race: the first part locks the rows
 * and reads them, the second joins them by key, and returns both. `UPDATE … FROM` alone is no substitute:
 * it could read what another transaction has replaced meanwhile. The second part repeats the condition where
 * it can, for tables in which what the model calls the key is not unique. Names are ours, so that
 * `SET n = n + 1` and the application's own subqueries stay clear, and need no quotes (`quoteIdentifiers: false`).
 *
 * Sets above AT_ONCE rows are noticed by the statement itself, which then changes nothing; their values go
 * through a temporary table, if one may be made; else memory has to do.
 */
export async function writeReturning(call: WriteCall, statement: ReturningStatement): Promise<Returned> {
  const written = (await writeUpTo(AT_ONCE, call, statement)) ?? (await writeStaged(call, statement));
  return written ?? ((await writeUpTo(Infinity, call, statement)) as Returned);
}

/** Undefined if there are more rows, of which then none is written. */
async function writeUpTo(
  most: number,
  call: WriteCall,
  statement: ReturningStatement,
): Promise<Returned | undefined> {
  const { parts, bind } = partsOf(call, statement, most);
  const query =
    `WITH ${parts} SELECT audit__t.total AS audit__total, audit__n.* ` +
    `FROM (SELECT count(*) AS total FROM audit__o) audit__t LEFT JOIN audit__n ON true`;
  const { instance } = statement;
  const options = instance ? { ...call.options, instance } : call.options;
  const rows = await writeRaw(call.sequelize, { query, bind }, options, call.transaction);
  if (Number(rows[0]?.['audit__total'] ?? 0) > most) return undefined;
  // Without any row there is one that holds the total alone.
  const changed = rows.filter((row) => row['audit__k0'] !== null);
  call.recordRows(imagesOf(call, statement, changed));
  return { count: changed.length, rows: returnedOf(statement, changed) };
}
