import type { FieldValues } from '../../adapter/write-port';
import type { Column, Row } from '../model/columns';
import { UNKNOWN } from '../types/value-type';
import { piecesOf } from './pieces';
import { RowReader } from './row-reader';
import type { RawKey } from './raw-key';
import type { Image } from './row-reader';
import type { WriteCall } from './write-call';
import { allColumns } from './written';

/** A row that was inserted, as far as it is known. */
export interface NewRow {
  readonly row: Row;
  readonly key: RawKey;
  /** What it was inserted with, where that is known. */
  readonly values?: FieldValues | undefined;
}

/** Reads what is UNKNOWN in new rows, by their keys; SQL stays as its text where the key is not known either. */
export async function readUnknown(call: WriteCall, rows: readonly NewRow[]): Promise<void> {
  const all = allColumns(call);
  const unknown = new Set<Column>();
  for (const { row } of rows) {
    for (const column of all) if (row[column.name] === UNKNOWN) unknown.add(column);
  }
  if (unknown.size === 0) return;
  const columns = [...new Set([...call.audited.columns.keys, ...unknown])];
  const keys = rows.filter(({ key }) => key.every(isPlain)).map(({ key }) => key);
  const images: Image[] = [];
  for (const piece of piecesOf(keys)) images.push(...(await new RowReader(call, columns).byKeys(piece)));
  const only = rows.length === 1 ? images[0]?.row : undefined;
  const byKey = new Map(images.map(({ row }) => [call.audited.keyOf(row), row]));
  for (const { row, values } of rows) {
    const read = only ?? byKey.get(call.audited.keyOf(row));
    for (const { name, field } of unknown) {
      if (row[name] !== UNKNOWN) continue;
      row[name] = read ? read[name] : values && sqlAsText(values[field]);
    }
  }
}

function isPlain(value: unknown): boolean {
  return value !== undefined && value !== null && typeof value !== 'object';
}

/** What the database computes is not known; the record says so instead of guessing. */
function sqlAsText(value: unknown): unknown {
  const { val, fn } = (value ?? {}) as { val?: unknown; fn?: unknown };
  return {
    $audit: 'sql',
    value: typeof val === 'string' ? val : `${typeof fn === 'string' ? fn : 'expression'}(…)`,
  };
}
