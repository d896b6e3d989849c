import { isSqlExpression } from '../../adapter/model';
import type { FieldValues } from '../../adapter/write-port';
import type { Column } from '../model/columns';
import { jsonCopy } from '../types/json-copy';
import type { WriteCall } from './write-call';

/**
 * Values that stay as they were given while the write is under way, whatever the application does to its objects.
 * Sequelize alone makes the statement's text at once; capture may have to begin a transaction and read rows before, and
 * what is recorded must be what is sent.
 */
export function keptValues({ audited, sequelize }: WriteCall, values: FieldValues): FieldValues {
  let kept: FieldValues | undefined;
  for (const column of audited.columns.mutable) {
    const value = values[column.field];
    if (typeof value !== 'object' || value === null || isSqlExpression(value, sequelize.constructor))
      continue;
    kept ??= { ...values };
    kept[column.field] = keptValue(column, value);
  }
  return kept ?? values;
}

function keptValue({ typeKey }: Column, value: object): unknown {
  try {
    return typeKey.startsWith('JSON') ? (jsonCopy(value) ?? value) : copyOf(value);
  } catch {
    // What cannot be copied may not be what the column takes; that is for the database to say.
    return value;
  }
}

/** Of what is no plain data, such as SQL in a list, there is no copy. */
function copyOf(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Buffer.isBuffer(value)) return Buffer.from(value);
  // With what else it bears: a range's `inclusive`.
  if (Array.isArray(value)) return Object.assign([], copiesOf(value));
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === Date.prototype) return new Date(Number(value));
  return prototype === Object.prototype || prototype === null ? copiesOf(value) : value;
}

function copiesOf(values: object): object {
  return Object.fromEntries(Object.entries(values).map(([key, item]) => [key, copyOf(item)]));
}
