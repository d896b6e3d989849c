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
export function writtenBy(call: WriteCall, given: FieldValues): Written {
  const { audited, sql } = call;
  const values = sentByUpdate(call.sequelize, given, call.options);
  const after = known(call, values);
  const nextKey = new Map<Column, string>();
  for (const key of audited.columns.keys) {
    const value = values[key.field];
    if (value !== undefined) nextKey.set(key, sql.literal(value, key.attribute));
  }
  return { ...writtenOf(call, after), ...(nextKey.size > 0 ? { nextKey } : {}) };
}

/** Of a new row. */
export function writtenByInsert(call: WriteCall, given: FieldValues): Written {
  return writtenOf(call, knownOfInsert(call)(given));
}

/** What is known of new rows: what is left out, and has a default that the table may have as well, only the database knows. */
export function knownOfInsert(call: WriteCall): (given: FieldValues) => Row {
  const withDefault = call.audited.columns.all.filter(({ attribute }) => hasDefault(attribute));
  return (given) => {
    const values = withoutMadeKeys(call, given);
    const after = known(call, values);
    for (const { name, field } of withDefault) if (values[field] === undefined) after[name] = UNKNOWN;
    return after;
  };
}

function known({ audited }: WriteCall, values: FieldValues): Row {
  const { byField } = audited.columns;
  const after: Row = {};
  for (const field of Object.keys(values)) {
    const column = byField.get(field);
    const value = values[field];
    // What is not recorded is not read, but that it was written counts.
    if (column && value !== undefined) after[column.name] = column.type.fromInstance(value);
  }
  return after;
}

function writtenOf(call: WriteCall, after: Row): Written {
  const { columns } = call.audited;
  const isMarked = columns.deletedAt !== undefined && columns.deletedAt.name in after;
  return {
    columns: columns.all.filter((column) => isRead(call, column, isMarked || column.name in after)),
    after,
    unknown: columns.all.filter(
      ({ name, isAudited, isKey }) => after[name] === UNKNOWN && (isAudited || isKey),
    ),
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
