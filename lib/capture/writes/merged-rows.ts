import type { FieldValues, Where, WriteOptions } from '../../adapter/write-port';
import { piecesOf } from './pieces';
import { RowReader } from './row-reader';
import type { Image, RawKey, ReadOptions } from './row-reader';
import { sameRows } from './unique-keys';
import type { UniqueKey } from './unique-keys';
import type { WriteCall } from './write-call';
import { allColumns } from './written';

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
  { keys, records }: Merge,
  met: readonly RawKey[],
): Promise<Map<string, Image>> {
  const conditions = [...sameRows(call, keys, records)];
  if (met.length > 0) conditions.push(new RowReader(call, []).whereKeys(met));
  if (!isMySql(call)) return rowsWhere(call, conditions, { lock: 'keepingKeys' });
  // A lock that finds no row keeps others from inserting one, and they us: it is taken on rows that are there.
  const seen = new Map<string, RawKey>();
  for (const condition of conditions) {
    for (const { id, key } of await new RowReader(call, []).where(condition)) seen.set(id, key);
  }
  const locked = await rowsByKeys(call, [...seen.values()], { lock: true });
  // A row that has gone, or a key that reading has shortened.
  return locked.size < seen.size ? rowsWhere(call, conditions, { lock: true }) : locked;
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
  const conditions = [...piecesOf(call, keys)].map((piece) => reader.whereKeys(piece));
  return rowsWhere(call, conditions, options);
}

export function isMySql({ dialect }: WriteCall): boolean {
  return dialect === 'mysql' || dialect === 'mariadb';
}
