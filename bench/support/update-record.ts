import { nowMicroseconds } from '../../lib/record/clock';
import { newId } from '../../lib/record/id';
import type { AuditRecord } from '../../lib/record/record';

let serial = 0;

/**
 * A record of an update of this product, which changes four of its ten columns, made in a request of a signed-in
 * user: about 370 bytes in the wire form.
 */
export function updateRecord(product: number): AuditRecord {
  const number = ++serial;
  return {
    id: newId(),
    event: 'updated',
    auditableType: 'Product',
    auditableId: String(product),
    parentType: null,
    parentId: null,
    userType: 'User',
    userId: String(number % 300),
    url: `/products/${product}?tab=prices`,
    ipAddress: `10.1.${number % 200}.7`,
    userAgent: null,
    requestId: `req-${number}`,
    transactionId: null,
    tags: null,
    context: { reason: 'Prices of the season' },
    oldValues: valuesOf(number),
    newValues: valuesOf(number + 1),
    createdAt: nowMicroseconds(),
  };
}

function valuesOf(number: number): Record<string, unknown> {
  return {
    name: `Product ${number}`,
    price: `${number % 1000}.45`,
    stock: number % 500,
    updatedAt: new Date(1_790_000_000_000 + number * 1000),
  };
}
