import type { Model } from 'sequelize';

import type { RawRow } from '../../adapter/sql';
import type { Row } from '../model/columns';
import type { Condition } from './key-condition';
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
export interface ReturningStatement extends Condition {
  readonly limit?: number | undefined;
  /** Whether the condition names few rows, by their keys. */
  readonly isSmall?: boolean;
  /** Columns that the caller's `returning` names, as SQL. */
  readonly returned: readonly string[];
  /** `UPDATE … SET …`, or `DELETE FROM …`. */
  head(bind: unknown[] | undefined): string;
  /** What is written, for an update; undefined for a delete. */
  readonly written?: Written;
  readonly columns: Written['columns'];
  /** Whose row it is, which errors tell. */
  readonly instance?: Model;
}

/**
 * The parts of the statement: `before`, which reads the rows as they are into `audit__o`, and `write`, which returns
 * old and new values. Nothing is written if there are more rows than `most`.
 */
export function partsOf(
  call: WriteCall,
  statement: ReturningStatement,
  most = Infinity,
): { before: string; write: string; bind: unknown[] | undefined } {
  const { sql, table, model, audited } = call;
  const { columns, written, where, isRepeatable, limit, isBound } = statement;
  const bind: unknown[] | undefined = isBound ? [] : undefined;
  const condition = bind ? sql.boundCondition(where, model, bind) : sql.condition(where, model);
  const keys = audited.columns.keys.map(({ field }) => sql.name(field));
  const rows = Math.min(limit ?? Infinity, most + 1);
  const before =
    `SELECT ${oldColumns(call, columns).join(', ')} FROM ${sql.table(table)}` +
    (condition ? ` WHERE ${condition}` : '') +
    (rows === Infinity ? '' : ` LIMIT ${rows}`) +
    ` FOR ${written && !written.nextKey ? 'NO KEY ' : ''}UPDATE`;
  const own = sql.tableAlias(table);
  const joined = keys.map((key, index) => `${own}.${key} = audit__o.audit__r${index}`);
  const write =
    `${statement.head(bind)} ${written ? 'FROM' : 'USING'} audit__o WHERE ${joined.join(' AND ')}` +
    (condition && isRepeatable ? ` AND (${condition})` : '') +
    (most === Infinity ? '' : ` AND (SELECT count(*) FROM audit__o) <= ${most}`) +
    ` RETURNING ${returnedColumns(call, statement).join(', ')}`;
  return { before: `audit__o AS (${before})`, write, bind };
}

/** Of the rows as they were: the keys to join them by, and values, keys among them. */
export function oldColumns(call: WriteCall, columns: Written['columns']): string[] {
  const { sql, audited } = call;
  return [
    ...audited.columns.keys.map(({ field }, index) => `${sql.name(field)} AS audit__r${index}`),
    ...new RowReader(call, columns).values(),
  ];
}

/** What the write returns: what the caller asked for, and old and new values. */
export function returnedColumns(call: WriteCall, statement: ReturningStatement): string[] {
  const { sql, table } = call;
  const own = sql.tableAlias(table);
  const news = newColumns(statement).map(
    (column, index) => `${column.type.read(`${own}.${sql.name(column.field)}`)} AS audit__a${index}`,
  );
  return [
    ...[...new Set(statement.returned)].map((column) => `${own}.${column}`),
    ...statement.columns.map((_, index) => `audit__o.audit__c${index}`),
    ...news,
  ];
}

/** Columns to be returned of the new row; the others are as they were. */
function newColumns({ written, columns }: ReturningStatement): Written['columns'] {
  return written ? columns.filter(({ name }) => name in written.after) : [];
}

export function* imagesOf(
  call: WriteCall,
  statement: ReturningStatement,
  rows: readonly RawRow[],
): Generator<Images> {
  const reader = new RowReader(call, statement.columns);
  const { written } = statement;
  if (!written) {
    for (const raw of rows) yield { before: reader.rowFrom(raw) };
    return;
  }
  const news = newColumns(statement).map(({ name, type }, index) => ({
    name,
    type,
    alias: `audit__a${index}`,
  }));
  let latest: { readonly raw: RawRow; readonly after: Row } | undefined;
  for (const raw of rows) {
    // Most often all rows were written the same.
    if (!latest || news.some(({ alias }) => raw[alias] !== latest?.raw[alias])) {
      const read = news.map(({ name, type, alias }): [string, unknown] => [
        name,
        type.fromDatabase(raw[alias]),
      ]);
      latest = { raw, after: { ...written.after, ...Object.fromEntries(read) } };
    }
    yield { before: reader.rowFrom(raw), after: latest.after };
  }
}

/** Rows as the caller would have got them. */
export function returnedOf({ returned }: ReturningStatement, rows: readonly RawRow[]): RawRow[] {
  if (returned.length === 0) return [];
  return rows.map((row) =>
    Object.fromEntries(Object.entries(row).filter(([name]) => !name.startsWith('audit__'))),
  );
}
