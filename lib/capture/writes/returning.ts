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
  /** What came back, by the columns' names; undefined where the answer holds no rows. Not after `hide`. */
  rows(answer: unknown): RawRow[] | undefined;
  hide(answer: unknown): unknown;
}

/** What is asked for besides columns of the model: PostgreSQL's columns of its own, such as xmax. */
export interface AskedBesides {
  readonly instance?: Model | undefined;
  readonly system?: readonly string[];
}

/** PostgreSQL returns what is asked for; the caller who did not ask for it must not see it. */
export function askFor(
  call: WriteCall,
  columns: readonly Column[],
  { instance, system = [] }: AskedBesides = {},
): Asked {
  const { options } = call;
  const own = ownReturning(call, system.length > 0);
  const isReturned = ({ field }: Column): boolean => own === 'all' || own.includes(field);
  const missing = columns.filter((column) => !isReturned(column));
  const has = (column: Column): boolean => isReturned(column) || missing.includes(column);
  const added = [...missing.map(({ field }) => field), ...(own === 'all' ? [] : system)];
  const values = instance && valuesOf(instance).dataValues;
  const rows = (answer: unknown): RawRow[] | undefined =>
    values ? rowOf(call, values, system) : rowsIn(answer);
  if (added.length === 0 || own === 'all') return { options, has, rows, hide: (answer) => answer };
  const names = [...missing.map(({ name }) => name), ...system];
  const kept = values && names.map((name) => [name, values[name]] as const);
  return {
    options: { ...options, returning: [...own, ...added] },
    has,
    rows,
    hide(answer) {
      for (const [name, value] of kept ?? []) {
        if (value === undefined) delete values?.[name];
        else if (values) values[name] = value;
      }
      return values
        ? answer
        : withRows(answer, (all) => (own.length === 0 ? [] : all.map((row) => only(row, own))));
    },
  };
}

/** The columns that the caller wants returned; all of them by name where something is added to them. */
function ownReturning({ options, audited }: WriteCall, isAddedTo: boolean): readonly string[] | 'all' {
  if (Array.isArray(options.returning)) return options.returning as string[];
  if (options.returning !== true) return [];
  // Without a model it is all that the table has.
  return isAddedTo && options.model ? audited.columns.all.map(({ field }) => field) : 'all';
}

/** Of an instance Sequelize assigns what came back; a column of the database's own tells whether anything did. */
function rowOf(
  { audited }: WriteCall,
  values: Readonly<Record<string, unknown>>,
  system: readonly string[],
): RawRow[] {
  if (system.some((name) => values[name] === undefined)) return [];
  const columns = audited.columns.all.map(({ field, name }): [string, unknown] => [field, values[name]]);
  return [Object.fromEntries([...columns, ...system.map((name): [string, unknown] => [name, values[name]])])];
}

/** Of bulkInsert the rows, of an insert without an instance the rows and their number. */
function rowsIn(answer: unknown): RawRow[] | undefined {
  if (!Array.isArray(answer)) return undefined;
  if (answer.every(isRow)) return answer;
  const [rows, count] = answer as unknown[];
  return Array.isArray(rows) && rows.every(isRow) && typeof count === 'number' ? rows : undefined;
}

function withRows(answer: unknown, change: (rows: RawRow[]) => RawRow[]): unknown {
  const rows = rowsIn(answer);
  if (!rows) return answer;
  return rows === answer ? change(rows) : [change(rows), ...(answer as unknown[]).slice(1)];
}

function isRow(row: unknown): row is RawRow {
  return typeof row === 'object' && row !== null && !Array.isArray(row);
}

function only(row: RawRow, fields: readonly string[]): RawRow {
  return Object.fromEntries(Object.entries(row).filter(([field]) => fields.includes(field)));
}
