import type { RawRow } from '../../adapter/sql';
import { writeRaw } from '../../adapter/sql';
import type { Where } from '../../adapter/write-port';
import { keysOf } from './locked-write';
import { asOne } from './savepoint';
import { PIECE, piecesOf } from './pieces';
import type { Images } from './row-change';
import { RowReader } from './row-reader';
import type { WriteCall } from './write-call';
import type { Written } from './written';

/** What a statement returned of the rows it wrote. */
export interface Returned {
  readonly count: number;
  /** The columns that the caller asked for. */
  readonly rows: RawRow[];
}

/** PostgreSQL's UPDATE or DELETE: written by us, so that the answer is made by us as well. */
export interface ReturningStatement {
  readonly where: Where;
  readonly limit?: number | undefined;
  /** Columns that the caller's `returning` names, as SQL. */
  readonly returned: readonly string[];
  /** `UPDATE … SET …` with its values bound, or `DELETE FROM …`. */
  head(bind: unknown[]): string;
  /** What is written, for an update; undefined for a delete. */
  readonly written?: Written;
  readonly columns: Written['columns'];
}

/**
 * Old and new values and the write itself in one statement, without a race: the first part locks the rows
 * and reads them, the second joins them by key, and returns both. `UPDATE … FROM` alone is no substitute:
 * it could read what another transaction has replaced meanwhile. The columns of the first part are
 * renamed, so that `SET n = n + 1` stays clear.
 *
 * Sets above PIECE rows are noticed by the statement itself, which then changes nothing; they go in pieces.
 */
export async function writeReturning(call: WriteCall, statement: ReturningStatement): Promise<Returned> {
  const whole = await attempt(call, statement, statement.where);
  if (whole) return whole;
  return asOne(call, async (within) => {
    const sum = { count: 0, rows: [] as RawRow[] };
    const reader = new RowReader(within, []);
    for (const keys of piecesOf(within, await keysOf(within, statement))) {
      const part = await attempt(within, { ...statement, limit: undefined }, reader.whereKeys(keys));
      sum.count += part?.count ?? 0;
      sum.rows.push(...(part?.rows ?? []));
    }
    return sum;
  });
}

/** Undefined if there are too many rows for one statement. */
async function attempt(
  call: WriteCall,
  statement: ReturningStatement,
  where: Where,
): Promise<Returned | undefined> {
  const bind: unknown[] = [];
  const query = textOf(call, statement, where, bind);
  const rows = await writeRaw(call.sequelize, { query, bind }, call.options, call.transaction);
  const total = Number(rows[0]?.['~total'] ?? 0);
  if (total > PIECE) return undefined;
  // Without any row there is one that holds the total alone.
  const changed = rows.filter((row) => row['~k0'] !== null);
  call.recordRows(imagesOf(call, statement, changed));
  return { count: changed.length, rows: statement.returned.length > 0 ? changed.map(withoutOurs) : [] };
}

function textOf(call: WriteCall, statement: ReturningStatement, where: Where, bind: unknown[]): string {
  const { sql, table, model, audited } = call;
  const { columns, written, returned, limit } = statement;
  const condition = sql.boundCondition(where, model, bind);
  const keys = audited.columns.keys.map(({ field }) => sql.name(field));
  const own = sql.tableAlias(table);
  const raw = keys.map((key, index) => `${key} AS ${sql.name(`~r${index}`)}`);
  const selection = new RowReader(call, columns).selection();
  const before =
    `SELECT ${[...raw, ...selection].join(', ')} FROM ${sql.table(table)}` +
    (condition ? ` WHERE ${condition}` : '') +
    ` LIMIT ${Math.min(limit ?? Infinity, PIECE + 1)} FOR ${written && !written.nextKey ? 'NO KEY ' : ''}UPDATE`;
  const joined = keys.map((key, index) => `${own}.${key} = o.${sql.name(`~r${index}`)}`);
  const news = newColumns(statement).map(
    (column, index) => `${column.type.read(`${own}.${sql.name(column.field)}`)} AS ${sql.name(`~a${index}`)}`,
  );
  const olds = [...keys.map((_, index) => `~k${index}`), ...columns.map((_, index) => `~c${index}`)];
  const given = returned.map((column) => `${own}.${column}`);
  const write =
    `${statement.head(bind)} ${written ? 'FROM' : 'USING'} o WHERE ${joined.join(' AND ')}` +
    ` AND (SELECT count(*) FROM o) <= ${PIECE}` +
    ` RETURNING ${[...given, ...olds.map((name) => `o.${sql.name(name)}`), ...news].join(', ')}`;
  return (
    `WITH o AS (${before}), n AS (${write}) ` +
    `SELECT t.total AS ${sql.name('~total')}, n.* FROM (SELECT count(*) AS total FROM o) t LEFT JOIN n ON true`
  );
}

/** Columns to be returned of the new row; the others are as they were. */
function newColumns({ written, columns }: ReturningStatement): Written['columns'] {
  return written ? columns.filter(({ name }) => name in written.after) : [];
}

function* imagesOf(
  call: WriteCall,
  statement: ReturningStatement,
  rows: readonly RawRow[],
): Generator<Images> {
  const reader = new RowReader(call, statement.columns);
  const news = newColumns(statement);
  const { written } = statement;
  for (const raw of rows) {
    const before = reader.rowFrom(raw);
    if (!written) {
      yield { before };
      continue;
    }
    const after = { ...written.after };
    for (const [index, { name, type }] of news.entries()) after[name] = type.fromDatabase(raw[`~a${index}`]);
    yield { before, after };
  }
}

/** A row as the caller would have got it. */
function withoutOurs(row: RawRow): RawRow {
  return Object.fromEntries(Object.entries(row).filter(([name]) => !name.startsWith('~')));
}
