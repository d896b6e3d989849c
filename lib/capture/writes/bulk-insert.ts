import type { RawRow } from '../../adapter/sql';
import type { FieldValues, WriteOptions, WritePort } from '../../adapter/write-port';
import { returnedRow } from './created-row';
import { mergeRows } from './merge';
import { inTransaction } from './own-transaction';
import { piecesOf } from './pieces';
import { askFor } from './returning';
import { RowReader } from './row-reader';
import type { Image, RawKey } from './row-reader';
import { byPolicy } from './set-writes';
import { UNKNOWN } from '../types/value-type';
import type { WriteCall } from './write-call';
import { allColumns, writtenByInsert } from './written';
import type { Row } from '../model/columns';

/** `bulkCreate`, with or without duplicates, and the rows that `belongsToMany` adds. */
export function insertSet(
  call: WriteCall,
  port: WritePort,
  records: FieldValues[],
  attributes: object | undefined,
): Promise<unknown> {
  const run = (options: WriteOptions): Promise<unknown> =>
    port.bulkInsert(call.table, records, options, attributes);
  return byPolicy(
    call,
    (answer) => ({
      event: 'created',
      operation: 'bulkCreate',
      count: call.options.ignoreDuplicates ? lengthOf(answer) : records.length,
    }),
    (within) => run(within.options),
    (within) => insertRows(within, records, run),
  );
}

type Run = (options: WriteOptions) => Promise<unknown>;

function insertRows(call: WriteCall, records: FieldValues[], run: Run): Promise<unknown> {
  const { options, dialect } = call;
  if (options.updateOnDuplicate) return mergeRows(call, records, run);
  if (dialect === 'postgres') return insertReturning(call, records, run);
  const { keys } = call.audited.columns;
  const withKey = records.filter((record) => keys.every(({ field }) => hasValue(record[field])));
  // Keys are told only where all are given, or all are made and Sequelize knows for which model.
  const areMade = withKey.length === 0 && keys.length === 1 && options.model !== undefined;
  const areTold = withKey.length === records.length || areMade;
  return options.ignoreDuplicates || !areTold ? mergeRows(call, records, run) : insertNew(call, records, run);
}

/** PostgreSQL returns just the rows that were inserted, in order, with their keys. */
async function insertReturning(call: WriteCall, records: FieldValues[], run: Run): Promise<unknown> {
  const { ignoreDuplicates } = call.options;
  const given = givenRows(call, records);
  const exact = givenByAll(given);
  const insert = async (within: WriteCall): Promise<unknown> => {
    const asked = askFor(within, allColumns(within));
    const answer = (await run(asked.options)) as RawRow[];
    // Rows that were there already are left out, so that the order tells nothing.
    const rows = answer.map((raw, index) =>
      returnedRow(
        within,
        ignoreDuplicates ? {} : (given[index] ?? {}),
        ({ field }) => raw[field],
        ({ name }) => exact.has(name),
      ),
    );
    const keys = answer.map((raw) => within.audited.columns.keys.map(({ field }) => raw[field]));
    await readUnknown(within, rows, keys);
    within.recordRows(rows.map((after) => ({ after })));
    return asked.hide(answer);
  };
  return andRead(call, given, insert);
}

/** Databases that tell the first key of those they made, as Sequelize hands them out. */
async function insertNew(call: WriteCall, records: FieldValues[], run: Run): Promise<unknown> {
  const given = givenRows(call, records);
  const insert = async (within: WriteCall): Promise<unknown> => {
    const answer = await run(within.options);
    const { keys } = within.audited.columns;
    const made = Array.isArray(answer) ? (answer as RawRow[]) : [];
    const rawKeys = records.map((record, index) =>
      keys.map(({ field }) => record[field] ?? made[index]?.[field]),
    );
    const rows = given.map((row, index) =>
      returnedRow(within, row, (column) =>
        column.isKey ? rawKeys[index]?.[keys.indexOf(column)] : undefined,
      ),
    );
    await readUnknown(within, rows, rawKeys);
    within.recordRows(rows.map((after) => ({ after })));
    return answer;
  };
  return andRead(call, given, insert);
}

/** What only the database knows is read right after, before anyone else can change it. */
function andRead(
  call: WriteCall,
  given: readonly Row[],
  insert: (call: WriteCall) => Promise<unknown>,
): Promise<unknown> {
  const isRead = given.some((row) => Object.values(row).includes(UNKNOWN));
  return isRead ? inTransaction(call, insert) : insert(call);
}

/** Attributes that every record gives as they will be. */
function givenByAll(given: readonly Row[]): Set<string> {
  const names = Object.keys(given[0] ?? {});
  return new Set(
    names.filter((name) => given.every((row) => row[name] !== undefined && row[name] !== UNKNOWN)),
  );
}

function givenRows(call: WriteCall, records: FieldValues[]): Row[] {
  return records.map((record) => writtenByInsert(call, record).after);
}

async function readUnknown(call: WriteCall, rows: Row[], keys: readonly RawKey[]): Promise<void> {
  const unknown = allColumns(call).filter(({ name }) => rows.some((row) => row[name] === UNKNOWN));
  if (unknown.length === 0) return;
  const columns = [...new Set([...call.audited.columns.keys, ...unknown])];
  const images: Image[] = [];
  for (const piece of piecesOf(keys)) images.push(...(await new RowReader(call, columns).byKeys(piece)));
  const byKey = new Map(images.map(({ row }) => [call.audited.keyOf(row), row]));
  for (const row of rows) {
    const read = byKey.get(call.audited.keyOf(row));
    for (const { name } of unknown) if (row[name] === UNKNOWN) row[name] = read?.[name];
  }
}

function hasValue(value: unknown): boolean {
  return value !== undefined && value !== null;
}

function lengthOf(answer: unknown): number | null {
  return Array.isArray(answer) ? answer.length : null;
}
