import type { Model } from 'sequelize';

import { valuesOf } from '../../adapter/model';
import { queryRows } from '../../adapter/sql';
import type { RawRow } from '../../adapter/sql';
import type { Column } from '../model/columns';
import type { WriteCall } from './write-call';

/** The key that the database makes itself, where it is the whole key. */
export function madeKeyOf(call: WriteCall): Column | undefined {
  const [key, another] = call.audited.columns.keys;
  return key?.attribute.autoIncrement && !another ? key : undefined;
}

/** The highest key that there is, `0` for none; on SQLite the rows that are new have higher ones. */
export async function lastKey(call: WriteCall, key: Column): Promise<string> {
  const { sql, table, sequelize, readOptions } = call;
  const text = `SELECT MAX(${sql.name(key.field)}) AS ${sql.name('audit__last')} FROM ${sql.table(table)}`;
  const [row] = await queryRows(sequelize, text, readOptions);
  return toBigInt(row?.['audit__last']).toString();
}

/**
 * The keys that MySQL or MariaDB gave to rows of one INSERT, from the first on: a block of them, with steps
 * where several servers share the numbers.
 */
export async function madeKeys(call: WriteCall, first: unknown, count: number): Promise<string[]> {
  const start = toBigInt(first);
  if (start <= 0n || count === 0) return [];
  const step = count > 1 ? toBigInt(await variable(call, '@@auto_increment_increment')) : 1n;
  return Array.from({ length: count }, (_, index) => (start + BigInt(index) * step).toString());
}

/** The key that was made last on the connection of a transaction. */
export function lastMadeKey(call: WriteCall): Promise<unknown> {
  return variable(call, 'LAST_INSERT_ID()');
}

/** The key that a statement's answer tells first. */
export function toldKey(answer: unknown, key: Column): unknown {
  const rows: unknown[] = Array.isArray(answer) ? answer : [answer];
  for (const row of rows) {
    if (typeof row === 'number' || typeof row === 'bigint') return row;
    const told = Array.isArray(row) ? toldKey(row, key) : isObject(row) ? keyIn(row, key) : undefined;
    if (told !== undefined && told !== null) return told;
  }
  return undefined;
}

/** An integer in any of the forms that drivers give it; 0 for anything else. */
export function toBigInt(value: unknown): bigint {
  const isInteger = typeof value === 'bigint' || Number.isInteger(value) || /^\d+$/.test(String(value));
  return isInteger ? BigInt(value as number) : 0n;
}

function keyIn(row: object, { name, field }: Column): unknown {
  return 'dataValues' in row ? valuesOf(row as Model).dataValues[name] : (row as RawRow)[field];
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

async function variable({ sql, sequelize, readOptions }: WriteCall, expression: string): Promise<unknown> {
  const [row] = await queryRows(
    sequelize,
    `SELECT ${expression} AS ${sql.name('audit__value')}`,
    readOptions,
  );
  return row?.['audit__value'];
}
