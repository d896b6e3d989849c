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
    kept[column.field] = copyOf(column, value);
  }
  return kept ?? values;
}

/** Of what is no plain data there is no copy. */
function copyOf({ typeKey }: Column, value: object): unknown {
  if (Buffer.isBuffer(value)) return Buffer.from(value);
  if (Object.getPrototypeOf(value) === Date.prototype) return new Date(Number(value));
  if (!typeKey.startsWith('JSON')) return value;
  try {
    return jsonCopy(value) ?? value;
  } catch {
    return value;
  }
}
