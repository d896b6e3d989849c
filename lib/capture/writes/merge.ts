import type { Model } from 'sequelize';
import { Op } from 'sequelize';

import { valuesOf } from '../../adapter/model';
import { queryRows } from '../../adapter/sql';
import type { RawRow } from '../../adapter/sql';
import type { FieldValues, Where, WriteOptions, WritePort } from '../../adapter/write-port';
import { lockFile } from './locked-write';
import { inTransaction, Raced } from './own-transaction';
import { savepoint } from './savepoint';
import { askFor } from './returning';
import type { Images } from './row-change';
import { RowReader } from './row-reader';
import type { Image, ReadOptions } from './row-reader';
import { UNKNOWN } from '../types/value-type';
import { isSame, sameRows, uniqueKeysOf } from './unique-keys';
import type { UniqueKey } from './unique-keys';
import type { WriteCall } from './write-call';
import { allColumns } from './written';

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
export function mergeRows(call: WriteCall, records: readonly FieldValues[], run: Run): Promise<unknown> {
  if (!call.transaction) return inTransaction(call, (within) => mergeOnce(within, records, run));
  return mergeInSavepoint(call, records, run);
}

type Run = (options: WriteOptions) => Promise<unknown>;

/** Only PostgreSQL tells that a row was there although it was not found; nowhere else a savepoint is of use. */
async function mergeInSavepoint(
  call: WriteCall,
  records: readonly FieldValues[],
  run: Run,
): Promise<unknown> {
  if (call.dialect !== 'postgres') {
    await lockFile(call);
    return mergeOnce(call, records, run);
  }
  for (;;) {
    const undo = await savepoint(call);
    try {
      const answer = await mergeOnce(call, records, run);
      await undo.release();
      return answer;
    } catch (error) {
      await undo.rollBack();
      if (!(error instanceof Raced)) throw error;
    }
  }
}

async function mergeOnce(call: WriteCall, records: readonly FieldValues[], run: Run): Promise<unknown> {
  const keys = uniqueKeysOf(call);
  const before = await read(call, sameRows(keys, records));
  const last = await lastKey(call);
  const isPostgres = call.dialect === 'postgres';
  const asked = askFor(call, isPostgres ? call.audited.columns.keys : [], call.options.instance);
  const answer = await run(asked.options);
  const told = last === undefined ? [] : await toldKeys(call, answer);
  const found = await read(call, conditionsAfter(call, keys, records, before, told, last), true);
  // Not within recordRows, which reports what is thrown instead of throwing it.
  const images = [...pairs(call, keys, before, found, records)];
  call.recordRows(images);
  tellKey(call, images, records);
  return asked.hide(answer);
}

/**
 * Of a row that was there, Sequelize takes SQLite's last inserted key, which is another row's (#17455) and on a
 * connection of our own none. The row's own is known here.
 */
function tellKey(call: WriteCall, images: readonly Images[], records: readonly FieldValues[]): void {
  const { instance } = call.options;
  const [key, another] = call.audited.columns.keys;
  if (call.dialect !== 'sqlite' || !instance || !key?.attribute.autoIncrement || another) return;
  const [only, more] = images;
  const given = records[0]?.[key.field];
  if (!only?.after || more || (given !== undefined && given !== null)) return;
  valuesOf(instance).dataValues[key.name] = only.after[key.name];
}

function* conditionsAfter(
  call: WriteCall,
  keys: readonly UniqueKey[],
  records: readonly FieldValues[],
  before: ReadonlyMap<string, Image>,
  told: readonly unknown[],
  last: bigint | undefined,
): Generator<Where> {
  yield* sameRows(keys, records);
  yield* sameRows(keys, keysBefore(call, before));
  if (last !== undefined) yield* madeKeys(call, records, told, last);
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
  const options: ReadOptions = isAfter && call.dialect === 'postgres' ? { tellsNew: true } : { lock: 'row' };
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
  const text = `SELECT MAX(${sql.name(key.field)}) AS ${sql.name('audit__last')} FROM ${sql.table(table)}`;
  const [row] = await queryRows(sequelize, text, readOptions);
  return toBigInt(row?.['audit__last']);
}

/** Keys that were made for records without one: those the answer tells, else all above the last one. */
function* madeKeys(
  call: WriteCall,
  records: readonly FieldValues[],
  told: readonly unknown[],
  last: bigint,
): Generator<Where> {
  const [key] = call.audited.columns.keys;
  if (!key) return;
  const { field } = key;
  const made = records.filter((record) => record[field] === undefined || record[field] === null).length;
  if (made === 0) return;
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
  const first = toBigInt(told[0]);
  if (first <= last) return;
  const end = first + BigInt(records.length);
  yield { [field]: { [Op.gte]: first.toString(), [Op.lt]: end.toString() } };
}

function toBigInt(value: unknown): bigint {
  return typeof value === 'number' || typeof value === 'bigint' || typeof value === 'string'
    ? BigInt(value)
    : 0n;
}

/** Keys that the answer tells. */
async function toldKeys(call: WriteCall, answer: unknown): Promise<unknown[]> {
  const [key] = call.audited.columns.keys;
  const told = key ? keysIn(answer, key.field, key.name) : [];
  const isCreated = Array.isArray(answer) && answer[1] === true;
  if (call.dialect !== 'mariadb' || told.length > 0 || !isCreated) return told;
  // Of an upsert Sequelize gives the instance the key that was made with mysql2, and not with MariaDB's driver.
  const text = `SELECT LAST_INSERT_ID() AS ${call.sql.name('audit__made')}`;
  const [row] = await queryRows(call.sequelize, text, call.readOptions);
  return [row?.['audit__made']];
}

function keysIn(answer: unknown, field: string, name: string): unknown[] {
  const rows: unknown[] = Array.isArray(answer) ? answer : [answer];
  return rows.flatMap((row) => {
    if (typeof row === 'number') return [row];
    if (Array.isArray(row)) return keysIn(row, field, name);
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
  const isWritten = (field: string): boolean => records.some((record) => record[field] !== undefined);
  const unrecorded = Object.fromEntries(
    call.audited.columns.all
      .filter(({ field, isAudited }) => !isAudited && isWritten(field))
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
    // Inserted by another transaction after we looked, and updated by us: we look again.
    if (isNew === false) throw new Raced(`A row of ${call.audited.name} was inserted meanwhile`);
    yield { after: row };
  }
}
