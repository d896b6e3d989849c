import type { Model } from 'sequelize';
import { Op } from 'sequelize';

import { valuesOf } from '../adapter/model';
import { queryRows } from '../adapter/sql';
import type { RawRow } from '../adapter/sql';
import type { FieldValues, Where, WriteOptions, WritePort } from '../adapter/write-port';
import type { Row } from './columns';
import { lockFile } from './locked-update';
import { asOne } from './own-transaction';
import { askFor } from './returning';
import type { Images } from './row-change';
import { RowReader } from './row-reader';
import type { Image } from './row-reader';
import { UNKNOWN } from './types/value-type';
import { isSame, sameRows, uniqueKeysOf } from './unique-keys';
import type { UniqueKey } from './unique-keys';
import type { WriteCall } from './write-call';
import { allColumns, writtenBy } from './written';

/** `Model.upsert`: Sequelize tells reliably neither which row it was nor whether it was there (#17455, #12426). */
export function upsertRow(
  call: WriteCall,
  port: WritePort,
  insertValues: FieldValues,
  updateValues: FieldValues,
  where: Where,
): Promise<unknown> {
  return mergeRows(call, [insertValues], (options) =>
    port.upsert(call.table, insertValues, updateValues, where, options),
  );
}

/**
 * Inserts that may meet rows which are there already: what rows with the same unique values held before is
 * compared with what they hold after. That also finds what Sequelize hands out wrongly (#13137, #11764).
 */
export function mergeRows(
  call: WriteCall,
  records: readonly FieldValues[],
  run: (options: WriteOptions) => Promise<unknown>,
): Promise<unknown> {
  return asOne(call, async (within) => {
    await lockFile(call, within);
    const keys = uniqueKeysOf(within);
    const before = await read(within, sameRows(keys, records));
    const last = await lastKey(within);
    const asked = askFor(
      within,
      within.dialect === 'postgres' ? within.audited.columns.keys : [],
      within.options.instance,
    );
    const answer = await run(asked.options);
    const found = await read(within, conditionsAfter(within, keys, records, before, answer, last), true);
    within.recordRows(pairs(within, keys, before, found, records));
    return asked.hide(answer);
  });
}

function* conditionsAfter(
  call: WriteCall,
  keys: readonly UniqueKey[],
  records: readonly FieldValues[],
  before: ReadonlyMap<string, Image>,
  answer: unknown,
  last: bigint | undefined,
): Generator<Where> {
  yield* sameRows(keys, records);
  yield* sameRows(keys, keysBefore(call, before));
  if (last !== undefined) yield* madeKeys(call, records, answer, last);
}

/** Rows whose unique values the statement may have changed are found by their keys. */
function keysBefore(call: WriteCall, before: ReadonlyMap<string, Image>): FieldValues[] {
  const { keys } = call.audited.columns;
  return [...before.values()].map(({ key }) =>
    Object.fromEntries(keys.map(({ field }, index) => [field, key[index]])),
  );
}

async function read(
  call: WriteCall,
  conditions: Iterable<Where>,
  isAfter = false,
): Promise<Map<string, Image>> {
  const reader = new RowReader(call, allColumns(call));
  const images = new Map<string, Image>();
  // On PostgreSQL a lock would take away the sign of a new row; elsewhere it makes the read see what is current.
  const options = isAfter && call.dialect === 'postgres' ? { tellsNew: true } : { lock: true };
  for (const condition of conditions) {
    for (const image of await reader.where(condition, options)) images.set(image.id, image);
  }
  return images;
}

/** The highest key that the database has made itself; rows above it are new. Undefined where it makes none. */
async function lastKey(call: WriteCall): Promise<bigint | undefined> {
  const [key, another] = call.audited.columns.keys;
  if (!key?.attribute.autoIncrement || another) return undefined;
  const { sql, table, sequelize, readOptions } = call;
  const text = `SELECT MAX(${sql.name(key.field)}) AS ${sql.name('~last')} FROM ${sql.table(table)}`;
  const [row] = await queryRows(sequelize, text, readOptions);
  return BigInt(String(row?.['~last'] ?? 0));
}

/** Keys that were made for records without one: those the answer tells, else all above the last one. */
function* madeKeys(
  call: WriteCall,
  records: readonly FieldValues[],
  answer: unknown,
  last: bigint,
): Generator<Where> {
  const [key] = call.audited.columns.keys;
  if (!key) return;
  const { field, name } = key;
  const made = records.filter((record) => record[field] === undefined || record[field] === null).length;
  if (made === 0) return;
  const told = toldKeys(answer, field, name);
  if (call.dialect === 'postgres') {
    yield { [field]: { [Op.in]: told } };
    return;
  }
  if (call.dialect === 'sqlite') {
    // Nobody else writes meanwhile.
    yield { [field]: { [Op.gt]: last.toString() } };
    return;
  }
  // MySQL hands a statement a block of keys; others may have rows above the last one as well, but not in it.
  const first = told[0] === undefined ? undefined : BigInt(String(told[0]));
  if (first === undefined || first <= last) return;
  const end = first + BigInt(records.length);
  yield { [field]: { [Op.gte]: first.toString(), [Op.lt]: end.toString() } };
}

function toldKeys(answer: unknown, field: string, name: string): unknown[] {
  const rows: unknown[] = Array.isArray(answer) ? answer : [answer];
  return rows.flatMap((row) => {
    if (typeof row === 'number') return [row];
    if (Array.isArray(row)) return toldKeys(row, field, name);
    if (typeof row !== 'object' || row === null) return [];
    const value = 'dataValues' in row ? valuesOf(row as Model).dataValues[name] : (row as RawRow)[field];
    return value === undefined || value === null ? [] : [value];
  });
}

function* pairs(
  call: WriteCall,
  keys: readonly UniqueKey[],
  before: ReadonlyMap<string, Image>,
  found: ReadonlyMap<string, Image>,
  records: readonly FieldValues[],
): Generator<Images> {
  const written = namesWritten(call, records);
  const unrecorded = Object.fromEntries(
    call.audited.columns.all
      .filter(({ name, isAudited }) => !isAudited && written.has(name))
      .map(({ name }) => [name, UNKNOWN]),
  );
  const fresh = [...found.values()].filter(({ id }) => !before.has(id));
  for (const { id, row } of before.values()) {
    const same = found.get(id);
    // A row whose key was replaced is one that shares another unique value.
    const moved = same ? -1 : fresh.findIndex((image) => keys.some((key) => isSame(key, image.row, row)));
    const next = same ?? fresh.splice(moved, moved < 0 ? 0 : 1)[0];
    if (next) yield { before: row, after: { ...next.row, ...unrecorded } };
  }
  for (const { row, isNew } of fresh) {
    // Inserted by another transaction after we looked, and updated by us: what it held then is not known.
    const isUpdate = isNew === false;
    yield isUpdate ? { before: keyValues(call, row), after: only(row, written) } : { after: row };
  }
}

function namesWritten(call: WriteCall, records: readonly FieldValues[]): Set<string> {
  return new Set(records.flatMap((record) => Object.keys(writtenBy(call, record).after)));
}

function keyValues(call: WriteCall, row: Row): Row {
  return only(row, new Set(call.audited.columns.keys.map(({ name }) => name)));
}

function only(row: Row, names: ReadonlySet<string>): Row {
  return Object.fromEntries(Object.entries(row).filter(([name]) => names.has(name)));
}
