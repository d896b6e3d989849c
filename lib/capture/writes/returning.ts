import type { Model } from 'sequelize';

import { valuesOf } from '../../adapter/model';
import type { RawRow } from '../../adapter/sql';
import type { WriteOptions } from '../../adapter/write-port';
import type { Column } from '../model/columns';
import type { WriteCall } from './write-call';

/** Options that make an INSERT return some columns, and the answer as the caller would have got it without. */
export interface Asked {
  readonly options: WriteOptions;
  /** Whether a column comes back. */
  has(column: Column): boolean;
  hide(answer: unknown): unknown;
}

/** PostgreSQL returns what is asked for; the caller who did not ask for it must not see it. */
export function askFor(call: WriteCall, columns: readonly Column[], instance?: Model): Asked {
  const { options } = call;
  const own = Array.isArray(options.returning) ? (options.returning as string[]) : [];
  const isReturned = ({ field }: Column): boolean => options.returning === true || own.includes(field);
  const missing = columns.filter((column) => !isReturned(column));
  if (missing.length === 0) return { options, has: isReturned, hide: (answer) => answer };
  const values = instance && valuesOf(instance).dataValues;
  const kept = values && missing.map(({ name }) => [name, values[name]] as const);
  return {
    options: { ...options, returning: [...own, ...missing.map(({ field }) => field)] },
    has: (column) => isReturned(column) || missing.includes(column),
    hide(answer) {
      for (const [name, value] of kept ?? []) {
        if (value === undefined) delete values?.[name];
        else if (values) values[name] = value;
      }
      const rows = instance ? undefined : rowsIn(answer);
      return rows ? (own.length === 0 ? [] : rows.map((row) => only(row, own))) : answer;
    },
  };
}

/** Of bulkInsert; an insert without an instance answers in the database's own way. */
function rowsIn(answer: unknown): RawRow[] | undefined {
  return Array.isArray(answer) && answer.every((row) => typeof row === 'object' && !Array.isArray(row))
    ? (answer as RawRow[])
    : undefined;
}

function only(row: RawRow, fields: readonly string[]): RawRow {
  return Object.fromEntries(Object.entries(row).filter(([field]) => fields.includes(field)));
}
