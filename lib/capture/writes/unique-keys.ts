import { Op } from 'sequelize';

import { internalsOf, isSqlExpression, sqlTypeOf } from '../../adapter/model';
import type { FieldValues, Where } from '../../adapter/write-port';
import type { Column, Row } from '../model/columns';
import { UNKNOWN } from '../types/value-type';
import type { WriteCall } from './write-call';

/** A set of columns of which no two rows hold the same values. */
export type UniqueKey = readonly Column[];

/** Conditions in one statement; SQLite takes a chain of 1,000. */
const CHAIN = 400;
/** SQL that means something in an INSERT only, or that does something each time it is evaluated. */
const UNREPEATABLE = /^\s*default\s*$|nextval|setval|last_insert_id/i;

/** What the model declares as unique: primary key, unique attributes, unique indexes, and what the call names. */
export function uniqueKeysOf(call: WriteCall): UniqueKey[] {
  const { uniqueKeys, _indexes } = internalsOf(call.model);
  const { upsertKeys, conflictFields } = call.options;
  const { columns } = call.audited;
  const declared = [
    columns.keys.map(({ field }) => field),
    ...Object.values(uniqueKeys).map(({ fields }) => fields),
    ..._indexes.filter(({ unique, where }) => unique && !where).map(({ fields }) => fields.map(fieldName)),
    upsertKeys ?? [],
    conflictFields ?? [],
  ];
  const found = new Map<string, UniqueKey>();
  for (const fields of declared) {
    const key = fields.map((field) => columns.byField.get(field) ?? columns.byName.get(field));
    if (key.length > 0 && key.every((column) => column !== undefined)) found.set(fields.join(), key);
  }
  return [...found.values()];
}

/** Conditions that find the rows which hold the same unique values as one of the records, some hundred at a time. */
export function* sameRows(
  call: WriteCall,
  keys: readonly UniqueKey[],
  records: readonly FieldValues[],
): Generator<Where> {
  for (const key of keys) {
    const found = records.flatMap((record): FieldValues[] => {
      const values = comparableValues(call, key, record);
      return values ? [values] : [];
    });
    const [only, another] = key;
    for (let start = 0; start < found.length; start += CHAIN) {
      const some = found.slice(start, start + CHAIN);
      const values = only && !another ? some.map((each) => each[only.field]) : [];
      yield only && values.length > 0 && !values.some(isCompared)
        ? { [only.field]: { [Op.in]: values } }
        : { [Op.or]: some };
    }
  }
}

/** Whether a record gives all values of a unique key, in a form that rows can be looked for by. */
export function isComplete(call: WriteCall, key: UniqueKey, record: FieldValues): boolean {
  return comparableValues(call, key, record) !== undefined;
}

function comparableValues(call: WriteCall, key: UniqueKey, record: FieldValues): FieldValues | undefined {
  const values: FieldValues = {};
  for (const column of key) {
    const value = comparable(call, column, record[column.field]);
    if (value === undefined) return undefined;
    values[column.field] = value;
  }
  return values;
}

/** What the column is compared with: the value, or SQL that gives it as the column will hold it. */
function comparable({ sql, dialect }: WriteCall, column: Column, value: unknown): unknown {
  if (value === undefined || value === null) return undefined;
  if (!isSqlExpression(value)) {
    if (!isKnown(column, value)) return undefined;
    if (dialect !== 'postgres' || !isCoerced(column, value)) return value;
  }
  const text = sql.literal(value, column.attribute);
  if (UNREPEATABLE.test(text)) return undefined;
  if (dialect !== 'postgres') return { [Op.eq]: sql.expression(text) };
  // An INSERT coerces what a comparison would refuse.
  const type = sqlTypeOf(column.attribute);
  return type && { [Op.eq]: sql.expression(`CAST(${text} AS ${type})`) };
}

/** Whether two rows hold the same values of a unique key. */
export function isSame(key: UniqueKey, a: Row, b: Row): boolean {
  return key.every(({ name, type }) => {
    const [one, other] = [a[name] ?? null, b[name] ?? null];
    return one !== null && other !== null && type.equal(one, other);
  });
}

/** Whether a row holds what a record gives of a unique key. */
export function holdsValuesOf(key: UniqueKey, record: FieldValues, row: Row): boolean {
  const given = key.map(({ name, field, type }): [string, unknown] => [
    name,
    type.fromInstance(record[field]),
  ]);
  return isSame(key, Object.fromEntries(given), row);
}

/** What a row holds of a unique key, as a condition; undefined where it holds nothing, or that is not known. */
export function valuesOf(key: UniqueKey, row: Row): FieldValues | undefined {
  const values = key.map(({ field, name }): [string, unknown] => [field, row[name]]);
  return values.some(([, value]) => value === undefined || value === null)
    ? undefined
    : Object.fromEntries(values);
}

function isCompared(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Op.eq in value;
}

/** Whether the column will hold it in another form: rounded, or as text. */
function isCoerced({ type }: Column, value: unknown): boolean {
  const known = type.fromInstance(value);
  return known === UNKNOWN || (typeof known === 'string' && ['number', 'boolean'].includes(typeof value));
}

function isKnown(column: Column, value: unknown): boolean {
  return !(column.type.fromInstance(value) === UNKNOWN && isComputed(value));
}

function isComputed(value: unknown): boolean {
  return typeof value === 'object' && !(value instanceof Date) && !Buffer.isBuffer(value);
}

function fieldName(field: string | { readonly name?: string }): string {
  return typeof field === 'string' ? field : (field.name ?? '');
}
