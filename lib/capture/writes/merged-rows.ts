import type { FieldValues, Where, WriteOptions } from '../../adapter/write-port';
import { piecesOf } from './pieces';
import { RowReader } from './row-reader';
import type { RawKey } from './raw-key';
import type { Image, ReadOptions } from './row-reader';
import { sameRows, valuesOf } from './unique-keys';
import type { UniqueKey } from './unique-keys';
import type { WriteCall } from './write-call';
import { allColumns } from './written';

/** SELECTs in one statement. */
const SELECTS_AT_ONCE = 200;

/** A statement that inserts records, or updates or leaves alone rows that hold the same unique values. */
export interface Merge {
  readonly keys: readonly UniqueKey[];
  readonly records: readonly FieldValues[];
  readonly run: (options: WriteOptions) => Promise<unknown>;
}

/** What came of it. */
export interface Merged {
  /** The caller's. */
  readonly answer: unknown;
  readonly after: ReadonlyMap<string, Image>;
  /** Whether a row that was not found before was there all the same; undefined where the database does not tell. */
  readonly isOld: (image: Image) => boolean | undefined;
}

/** The rows that a statement will meet as far as that can be seen, locked; `met` are others that it is known to meet. */
export async function rowsBefore(
  call: WriteCall,
  merge: Merge,
  met: readonly RawKey[],
): Promise<Map<string, Image>> {
  if (call.isMySql) return lockSeen(call, merge, met);
  const conditions = [...sameRows(call, merge.keys, merge.records)];
  if (met.length > 0) conditions.push(new RowReader(call, []).whereKeys(met));
  return rowsWhere(call, conditions, { lock: 'row' });
}

/**
 * In MySQL a lock that finds no row keeps others from inserting one, and they us. So rows are looked for first, and
 * those that are there locked by the unique key they were found by, as the statement itself will.
 */
async function lockSeen(
  call: WriteCall,
  { keys, records }: Merge,
  met: readonly RawKey[],
): Promise<Map<string, Image>> {
  const locked = await lockedRows(call, met);
  for (const key of keys) {
    const reader = new RowReader(call, key);
    for (const condition of sameRows(call, [key], records)) {
      const seen = (await reader.where(condition)).filter(({ id }) => !locked.has(id));
      const named = seen.map((image) => valuesOf(key, image.row) ?? reader.whereKeys([image.key]));
      for (const [id, image] of await lockEach(call, named)) locked.set(id, image);
      if (seen.every(({ id }) => locked.has(id))) continue;
      // A row that has gone, or whose values cannot be said as exactly as it holds them.
      for (const [id, image] of await rowsWhere(call, [condition], { lock: 'row' })) locked.set(id, image);
    }
  }
  return locked;
}

/** Rows by their keys, locked on MySQL and MariaDB: as they are now, and not as the transaction first saw them. */
export function lockedRows(call: WriteCall, keys: readonly RawKey[]): Promise<Map<string, Image>> {
  if (!call.isMySql) return rowsByKeys(call, keys);
  const reader = new RowReader(call, []);
  return lockEach(
    call,
    keys.map((key) => reader.whereKeys([key])),
  );
}

async function lockEach(call: WriteCall, conditions: readonly Where[]): Promise<Map<string, Image>> {
  const reader = new RowReader(call, allColumns(call));
  const images = new Map<string, Image>();
  for (let start = 0; start < conditions.length; start += SELECTS_AT_ONCE) {
    const some = conditions.slice(start, start + SELECTS_AT_ONCE);
    for (const image of await reader.each(some, { lock: 'row' })) images.set(image.id, image);
  }
  return images;
}

export async function rowsWhere(
  call: WriteCall,
  conditions: Iterable<Where>,
  options: ReadOptions = {},
): Promise<Map<string, Image>> {
  const reader = new RowReader(call, allColumns(call));
  const images = new Map<string, Image>();
  for (const condition of conditions) {
    for (const image of await reader.where(condition, options)) images.set(image.id, image);
  }
  return images;
}

export function rowsByKeys(
  call: WriteCall,
  keys: readonly RawKey[],
  options: ReadOptions = {},
): Promise<Map<string, Image>> {
  const reader = new RowReader(call, []);
  const conditions = [...piecesOf(keys)].map((piece) => reader.whereKeys(piece));
  return rowsWhere(call, conditions, options);
}
