import { writeRaw } from '../../adapter/sql';
import type { RawRow, Statement } from '../../adapter/sql';
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
 * Larger sets the statement leaves alone, and returns one row of nothing: it must tell itself. Rows that a trigger kept
 * from being written are not written either, and to try those once more would run the trigger twice. What is left alone
 * goes through a temporary table, if one may be made; else memory has to do.
 */
export async function writeReturning(call: WriteCall, statement: ReturningStatement): Promise<Returned> {
  if (statement.isSmall) return writeAll(call, statement);
  const most = statement.written ? UPDATED_AT_ONCE : AT_ONCE;
  return (
    (await writeUpTo(most, call, statement)) ??
    (await writeStaged(call, statement)) ??
    (await writeAll(call, statement))
  );
}

async function writeAll(call: WriteCall, statement: ReturningStatement): Promise<Returned> {
  const { before, write, bind } = partsOf(call, statement);
  return written(call, statement, await run(call, statement, { query: `WITH ${before} ${write}`, bind }));
}

/** Undefined if there are more rows, of which then none is written. */
async function writeUpTo(
  most: number,
  call: WriteCall,
  statement: ReturningStatement,
): Promise<Returned | undefined> {
  const { before, write, bind } = partsOf(call, statement, most);
  const query =
    `WITH ${before}, audit__n AS (${write}) SELECT * FROM audit__n UNION ALL SELECT audit__n.* FROM ` +
    `(SELECT WHERE (SELECT count(*) FROM audit__o) > ${most}) audit__m LEFT JOIN audit__n ON false`;
  const rows = await run(call, statement, { query, bind });
  const key = `audit__c${statement.columns.findIndex(({ isKey }) => isKey)}`;
  if (rows.length === 1 && rows[0]?.[key] === null) return undefined;
  return written(call, statement, rows);
}

function run(call: WriteCall, { instance }: ReturningStatement, statement: Statement): Promise<RawRow[]> {
  const options = instance ? { ...call.options, instance } : call.options;
  return writeRaw(call.sequelize, statement, options, call.transaction);
}

function written(call: WriteCall, statement: ReturningStatement, rows: readonly RawRow[]): Returned {
  call.recordRows(imagesOf(call, statement, rows));
  return { count: rows.length, rows: returnedOf(statement, rows) };
}
