import type { RawRow } from '../../adapter/sql';
import type { FieldValues, WriteOptions, WritePort } from '../../adapter/write-port';
import { returnedRow } from './created-row';
import { madeKeyOf, madeKeys, toldKey } from './made-keys';
import { mergeRows } from './merge';
import { inTransaction } from './own-transaction';
import { askFor } from './returning';
import { byPolicy } from './set-writes';
import { UNKNOWN } from '../types/value-type';
import { readUnknown } from './unknown-values';
import type { WriteCall } from './write-call';
import { allColumns, knownOfInsert, withoutMadeKeys } from './written';
import type { Column, Row } from '../model/columns';

/** `bulkCreate`, with or without duplicates, and the rows that `belongsToMany` adds. */
export function insertSet(
  call: WriteCall,
  port: WritePort,
  records: FieldValues[],
  attributes: object | undefined,
): Promise<unknown> {
  const run = (options: WriteOptions): Promise<unknown> =>
    port.bulkInsert(call.table, records, options, attributes);
  const rows = (within: WriteCall): Promise<unknown> => insertRows(within, records, run);
  // Each way takes the transaction that it needs, and knows what to do when it has to be done again.
  if (call.bulk === 'rows') return rows(call);
  return byPolicy(
    call,
    (answer) => ({
      event: 'created',
      operation: 'bulkCreate',
      count: call.options.ignoreDuplicates ? lengthOf(answer) : records.length,
    }),
    (within) => run(within.options),
    rows,
  );
}

type Run = (options: WriteOptions) => Promise<unknown>;

function insertRows(call: WriteCall, given: FieldValues[], run: Run): Promise<unknown> {
  const records = given.map((record) => withoutMadeKeys(call, record));
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
  const given = givenRows(call, records);
  const exact = givenByAll(given);
  const insert = async (within: WriteCall): Promise<unknown> => {
    const columns = allColumns(within);
    const { keys } = within.audited.columns;
    const asked = askFor(within, columns);
    const answer = (await run(asked.options)) as RawRow[];
    // Where rows are left out, duplicates or by a trigger, the order tells nothing.
    const isWhole = answer.length === records.length;
    const isExact = ({ name }: Column): boolean => exact.has(name);
    const rows = answer.map((raw, index) => ({
      row: returnedRow(columns, (isWhole && given[index]) || {}, ({ field }) => raw[field], isExact),
      key: keys.map(({ field }) => raw[field]),
      values: isWhole ? records[index] : undefined,
    }));
    await readUnknown(within, rows);
    within.recordRows(rows.map(({ row }) => ({ after: row })));
    return asked.hide(answer);
  };
  return andRead(call, given, insert);
}

/** Databases that tell the first key of those they made. */
async function insertNew(call: WriteCall, records: FieldValues[], run: Run): Promise<unknown> {
  const given = givenRows(call, records);
  const insert = async (within: WriteCall): Promise<unknown> => {
    const answer = await run(within.options);
    const columns = allColumns(within);
    const { keys } = within.audited.columns;
    const made = await madeKeysOf(within, answer, records);
    const rows = given.map((row, index) => {
      const key = keys.map(({ field }) => records[index]?.[field] ?? made[index]);
      const told = (column: Column): unknown => (column.isKey ? key[keys.indexOf(column)] : undefined);
      return { row: returnedRow(columns, row, told), key, values: records[index] };
    });
    await readUnknown(within, rows);
    within.recordRows(rows.map(({ row }) => ({ after: row })));
    return answer;
  };
  return andRead(call, given, insert);
}

/** Sequelize counts on from the first key that MySQL made, whatever the step is. */
async function madeKeysOf(
  call: WriteCall,
  answer: unknown,
  records: readonly FieldValues[],
): Promise<unknown[]> {
  const key = madeKeyOf(call);
  if (!key || !Array.isArray(answer) || records.every((record) => hasValue(record[key.field]))) return [];
  if (call.isMySql) return madeKeys(call, toldKey(answer, key), records.length);
  return (answer as RawRow[]).map((row) => row[key.field]);
}

/** What only the database knows is read right after, before anyone else can change it. */
function andRead(
  call: WriteCall,
  given: readonly Row[],
  insert: (call: WriteCall) => Promise<unknown>,
): Promise<unknown> {
  const isRead = given.some((row) => Object.values(row).includes(UNKNOWN));
  return isRead || call.needsTransaction ? inTransaction(call, insert) : insert(call);
}

/** Attributes that every record gives as they will be. Row by row, so that each is looked at but once. */
function givenByAll(given: readonly Row[]): ReadonlySet<string> {
  const names = new Set(Object.keys(given[0] ?? {}));
  for (const row of given) {
    for (const name of names) if (row[name] === undefined || row[name] === UNKNOWN) names.delete(name);
  }
  return names;
}

function givenRows(call: WriteCall, records: FieldValues[]): Row[] {
  return records.map(knownOfInsert(call));
}

function hasValue(value: unknown): boolean {
  return value !== undefined && value !== null;
}

function lengthOf(answer: unknown): number | null {
  return Array.isArray(answer) ? answer.length : null;
}
