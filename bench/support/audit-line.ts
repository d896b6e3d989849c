import { nowMicroseconds } from '../../lib/record/clock';
import { newId } from '../../lib/record/id';
import { encodeLine } from '../../lib/record/wire';

let serial = 0;

/** A record as a worker finds it: of an update of this product, which changes four of its ten columns. */
export function updateLine(product: number): string {
  const number = ++serial;
  const at = new Date().toISOString();
  return encodeLine({
    id: newId(),
    event: 'updated',
    auditableType: 'Product',
    auditableId: String(product),
    parentType: null,
    parentId: null,
    userType: 'User',
    userId: String(number % 1_000),
    url: `https://shop.example/products/${product}`,
    ipAddress: `192.0.2.${number % 250}`,
    userAgent: 'Mozilla/5.0 (X11; Linux x86_64; rv:128.0)',
    requestId: `request-${number}`,
    transactionId: null,
    tags: null,
    context: null,
    oldValues: {
      name: `Product ${number - 1}`,
      price: `${number % 1000}.45`,
      stock: number % 500,
      updatedAt: at,
    },
    newValues: {
      name: `Product ${number}`,
      price: `${number % 1000}.95`,
      stock: number % 499,
      updatedAt: at,
    },
    createdAt: nowMicroseconds(),
  });
}
