import { Op } from 'sequelize';

import { isSqlExpression } from '../../adapter/model';
import type { Where } from '../../adapter/write-port';
import type { RawKey } from './raw-key';
import type { ReadCall } from './read-call';
import type { WriteCall } from './write-call';

/**
 * The condition that names rows by their keys, as SQL: Sequelize would take a key's text for a date of the
 * application's time zone, and goes through 10,000 values one by one. `isBound` for a statement of which
 * Sequelize binds values: it then takes a `$` for one of them, in the middle of a text too.
 */
export function keyCondition(call: ReadCall, keys: readonly RawKey[], isBound = false): string {
  if (keys.length === 0) return '0 = 1';
  const { sql, dialect, audited } = call;
  const names = audited.columns.keys.map(({ field }) => sql.name(field));
  const literal = (value: unknown): string => {
    const text = sql.literal(value);
    return isBound && text.includes('$') ? withoutDollar(dialect, String(value)) : text;
  };
  const known = keys.filter((key) => !key.includes(null));
  const parts: string[] = [];
  if (known.length > 0) parts.push(`${list(names)} IN (${listOf(known, dialect, literal)})`);
  // SQLite takes NULL for a key of any type but INTEGER.
  for (const key of keys) {
    if (!key.includes(null)) continue;
    const each = names.map((name, i) =>
      key[i] === null ? `${name} IS NULL` : `${name} = ${literal(key[i])}`,
    );
    parts.push(`(${each.join(' AND ')})`);
  }
  return parts.length === 1 ? String(parts[0]) : `(${parts.join(' OR ')})`;
}

/**
 * Those of the rows that meet the statement's own condition: for tables in which what the model calls the key is not
 * unique. SQL in a condition may find something else the second time (`random()`, a subquery), and is not repeated.
 */
export function both(call: WriteCall, { where, isRepeatable }: Condition, condition: string): Where {
  const keys = call.sql.expression(condition);
  if (!isRepeatable || where === undefined || where === null) return keys;
  return { [Op.and]: [where, keys] };
}

/** The condition of a statement. */
export interface Condition {
  readonly where: Where;
  /** Whether it finds the same rows each time. */
  readonly isRepeatable: boolean;
  /** Whether Sequelize binds the values of such a statement, rather than write them into its text. */
  readonly isBound: boolean;
}

/** Of an UPDATE as Sequelize makes it; `isBound` false of a DELETE, and of counters. */
export function conditionOf(call: WriteCall, where: Where, isBound: boolean): Condition {
  return { where, isRepeatable: !holdsSql(where, call.sequelize.constructor), isBound };
}

function holdsSql(value: unknown, application: object): boolean {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return false;
  if (Array.isArray(value)) return value.some((item) => holdsSql(item, application));
  if (isSqlExpression(value, application)) return true;
  return Reflect.ownKeys(value).some((key) =>
    holdsSql((value as Record<PropertyKey, unknown>)[key], application),
  );
}

function listOf(keys: readonly RawKey[], dialect: string, literal: (value: unknown) => string): string {
  const rows = keys.map((key) => list(key.map(literal)));
  return keys[0]?.length !== 1 && dialect === 'sqlite' ? `VALUES ${rows.join(', ')}` : rows.join(', ');
}

function list(parts: readonly string[]): string {
  return parts.length === 1 ? String(parts[0]) : `(${parts.join(', ')})`;
}

/** A text in hexadecimal digits. */
function withoutDollar(dialect: string, value: string): string {
  const digits = Buffer.from(value).toString('hex');
  return dialect === 'sqlite' ? `CAST(X'${digits}' AS TEXT)` : `_utf8mb4 X'${digits}'`;
}
