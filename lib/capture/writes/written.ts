import type { AttributeInternals } from '../../adapter/model';
import { sentByUpdate } from '../../adapter/omit-null';
import type { FieldValues } from '../../adapter/write-port';
import type { Column, Row } from '../model/columns';
import { UNKNOWN } from '../types/value-type';
import type { WriteCall } from './write-call';

/** What a statement assigns to each row that it meets. */
export interface Written {
  /** Columns to read of each row: those written, and those that say which row it is. */
  readonly columns: readonly Column[];
  /** What is known to be in a row afterwards. */
  readonly after: Row;
  /** Columns whose value only the database knows afterwards. */
  readonly unknown: readonly Column[];
  /** SQL of what is assigned to key columns; undefined where keys stay. */
  readonly nextKey?: ReadonlyMap<Column, string>;
}

/** By an UPDATE, of values by column name as Sequelize hands them to the query interface. */
export function writtenBy(call: WriteCall, values: FieldValues): Written {
  return writtenOf(call, sentByUpdate(call.sequelize, values, call.options));
}

function writtenOf(call: WriteCall, values: FieldValues): Written {
  const { audited, sql } = call;
  const { columns } = audited;
  const after: Row = {};
  const unknown: Column[] = [];
  const nextKey = new Map<Column, string>();
  for (const [field, value] of Object.entries(values)) {
    const column = columns.byField.get(field);
    if (!column || value === undefined) continue;
    const known = column.type.fromInstance(value);
    // What is not recorded is not read, but that it was written counts.
    after[column.name] = known;
    if (known === UNKNOWN && (column.isAudited || column.isKey)) unknown.push(column);
    if (column.isKey) nextKey.set(column, sql.literal(value, column.attribute));
  }
  const isMarked = columns.deletedAt !== undefined && columns.deletedAt.name in after;
  return {
    columns: columns.all.filter((column) => isRead(call, column, isMarked || column.name in after)),
    after,
    unknown,
    ...(nextKey.size > 0 ? { nextKey } : {}),
  };
}

/** Of a new row: what is left out, and has a default that the table may have as well, only the database knows. */
export function writtenByInsert(call: WriteCall, given: FieldValues): Written {
  const values = withoutMadeKeys(call, given);
  const written = writtenOf(call, values);
  const missing = call.audited.columns.all.filter(
    ({ name, field, attribute }) =>
      values[field] === undefined && !(name in written.after) && hasDefault(attribute),
  );
  if (missing.length === 0) return written;
  return {
    ...written,
    after: { ...written.after, ...Object.fromEntries(missing.map(({ name }) => [name, UNKNOWN])) },
    unknown: [...written.unknown, ...missing.filter(({ isAudited }) => isAudited)],
  };
}

/** MySQL and MariaDB make a key where 0 is given, as they do for NULL. */
export function withoutMadeKeys({ audited, isMySql }: WriteCall, values: FieldValues): FieldValues {
  if (!isMySql) return values;
  const isMade = ({ field, attribute }: Column): boolean =>
    Boolean(attribute.autoIncrement) && Number(values[field] ?? NaN) === 0;
  const made = audited.columns.keys.filter(isMade);
  return made.length === 0
    ? values
    : { ...values, ...Object.fromEntries(made.map(({ field }) => [field, null])) };
}

function hasDefault({ defaultValue, autoIncrement }: AttributeInternals): boolean {
  return defaultValue !== undefined && defaultValue !== null && !autoIncrement;
}

/** Columns to read of a row of which everything is recorded. */
export function allColumns(call: WriteCall): Column[] {
  return call.audited.columns.all.filter((column) => isRead(call, column, true));
}

function isRead(call: WriteCall, column: Column, isWanted: boolean): boolean {
  const { deletedAt } = call.audited.columns;
  if (column.isKey || column.name === call.parent?.foreignKey) return true;
  return isWanted && (column.isAudited || column === deletedAt);
}
