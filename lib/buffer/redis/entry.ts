import { crc32 } from 'node:zlib';

import { Batch } from '../../record/batch';
import { holds } from '../journal/frame';

/**
 * A stream entry carries many records: v the version of the wire form, n their number, c the CRC32 of
 * b that begins with n, b the records. Measured, 256 records an entry cost a twelfth of an entry each.
 */
export const MAX_ENTRY_RECORDS = 256;

export function entryFields(batch: Batch): (string | number | Buffer)[] {
  return ['v', batch.version, 'n', batch.count, 'c', checksum(batch.lines, batch.count), 'b', batch.lines];
}

/**
 * The records of an entry, or undefined if it is not one of ours, is damaged, or holds other than it says: what lies in
 * one entry must not be taken for part of another, with which it is written.
 */
export function parseEntry(fields: readonly Buffer[]): Batch | undefined {
  const values = new Map<string, Buffer>();
  for (let i = 0; i + 1 < fields.length; i += 2)
    values.set((fields[i] as Buffer).toString(), fields[i + 1] as Buffer);
  const body = values.get('b');
  const count = Number(values.get('n')?.toString());
  const version = Number(values.get('v')?.toString());
  if (!body || !Number.isSafeInteger(count) || count < 1 || !Number.isSafeInteger(version)) return undefined;
  const isWhole = values.get('c')?.toString() === checksum(body, count) && holds(body, count);
  return isWhole ? new Batch(body, count, version) : undefined;
}

function checksum(bytes: Buffer, count: number): string {
  return crc32(bytes, count).toString(16).padStart(8, '0');
}
