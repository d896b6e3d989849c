import { Batch } from '../../lib/record/batch';
import type { AuditRecord } from '../../lib/record/record';
import { encodeLine } from '../../lib/record/wire';
import { updateRecord } from '../support/update-record';

const PRODUCTS = 10_000;

export function makeRecords(count: number): AuditRecord[] {
  return Array.from({ length: count }, (_, number) => updateRecord(number % PRODUCTS));
}

export function linesOf(records: readonly AuditRecord[]): string[] {
  return records.map(encodeLine);
}

/** Batches of `size` records each, in their wire form. */
export function batchesOf(lines: readonly string[], size: number): Batch[] {
  return pieces(lines, size).map((piece) => Batch.fromLines(piece));
}

export function pieces<T>(items: readonly T[], size: number): T[][] {
  const count = Math.ceil(items.length / size);
  return Array.from({ length: count }, (_, index) => items.slice(index * size, (index + 1) * size));
}
