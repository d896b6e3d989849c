import { Batch } from '../../lib/record/batch';
import { nowMicroseconds } from '../../lib/record/clock';
import { newId } from '../../lib/record/id';
import type { AuditRecord } from '../../lib/record/record';
import { encodeLine } from '../../lib/record/wire';

/** Updates of four columns, made in requests of signed-in users: about 370 bytes each in the wire form. */
export function makeRecords(count: number): AuditRecord[] {
  return Array.from({ length: count }, (_, number) => ({
    id: newId(),
    event: 'updated',
    auditableType: 'Product',
    auditableId: String(number % 10_000),
    parentType: null,
    parentId: null,
    userType: 'User',
    userId: String(number % 300),
    url: `/products/${number % 10_000}?tab=prices`,
    ipAddress: `10.1.${number % 200}.7`,
    userAgent: null,
    requestId: `req-${number}`,
    transactionId: null,
    tags: null,
    context: { reason: 'Prices of the season' },
    oldValues: valuesOf(number),
    newValues: valuesOf(number + 1),
    createdAt: nowMicroseconds(),
  }));
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

function valuesOf(number: number): Record<string, unknown> {
  return {
    name: `Product ${number}`,
    price: `${number % 1000}.45`,
    stock: number % 500,
    updatedAt: new Date(1_790_000_000_000 + number * 1000),
  };
}
