import { Op } from 'sequelize';

import { internalsOf } from '../../adapter/model';
import type { FieldValues, Where } from '../../adapter/write-port';
import type { Column, Row } from '../model/columns';
import { UNKNOWN } from '../types/value-type';
import type { WriteCall } from './write-call';

/** A set of columns of which no two rows hold the same values. */
export type UniqueKey = readonly Column[];

/** Conditions in one statement; SQLite takes a chain of 1,000. */
const CHAIN = 400;

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
export function* sameRows(keys: readonly UniqueKey[], records: readonly FieldValues[]): Generator<Where> {
  for (const key of keys) {
    const known = records.filter((record) => key.every((column) => isKnown(column, record[column.field])));
    for (let start = 0; start < known.length; start += CHAIN) {
      const some = known.slice(start, start + CHAIN);
      const [only, another] = key;
      yield only && !another
        ? { [only.field]: { [Op.in]: some.map((record) => record[only.field]) } }
        : {
            [Op.or]: some.map((record) => Object.fromEntries(key.map(({ field }) => [field, record[field]]))),
          };
    }
  }
}

/** Whether two rows hold the same values of a unique key. */
export function isSame(key: UniqueKey, a: Row, b: Row): boolean {
  return key.every(({ name, type }) => {
    const [one, other] = [a[name] ?? null, b[name] ?? null];
    return one !== null && other !== null && type.equal(one, other);
  });
}

function isKnown(column: Column, value: unknown): boolean {
  return (
    value !== undefined &&
    value !== null &&
    !(column.type.fromInstance(value) === UNKNOWN && isComputed(value))
  );
}

function isComputed(value: unknown): boolean {
  return typeof value === 'object' && !(value instanceof Date) && !Buffer.isBuffer(value);
}

function fieldName(field: string | { readonly name?: string }): string {
  return typeof field === 'string' ? field : (field.name ?? '');
}
