import { writeRaw } from '../../adapter/sql';
import { imagesOf, partsOf, returnedOf } from './returning-statement';
import type { Returned, ReturningStatement } from './returning-statement';
import { writeStaged } from './staged-statement';
import type { WriteCall } from './write-call';

/** Rows of which everything is in memory at once: no more than some 20 MB of most tables. */
const AT_ONCE = 20_000;

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
    `WITH ${parts} SELECT * FROM audit__n` +
    // In a column of its own, which is empty in every row: of too many there is but this one.
    (most === Infinity
      ? ''
      : ' RIGHT JOIN (SELECT nullif(are, false) AS audit__are FROM audit__many) audit__m ON true');
  const { instance } = statement;
  const options = instance ? { ...call.options, instance } : call.options;
  const rows = await writeRaw(call.sequelize, { query, bind }, options, call.transaction);
  if (rows[0]?.['audit__are']) return undefined;
  // Without any row there is one of nothing.
  const key = `audit__c${statement.columns.findIndex(({ isKey }) => isKey)}`;
  const changed = rows.filter((row) => row[key] !== null);
  call.recordRows(imagesOf(call, statement, changed));
  return { count: changed.length, rows: returnedOf(statement, changed) };
}
