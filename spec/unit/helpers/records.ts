import { uuidv7 } from 'uuidv7';

import type { AuditRecord } from '../../../lib/record/record';
import { encodeLine } from '../../../lib/record/wire';

/** A record of an ordinary change, but for what the spec is about. */
export function aRecord(own: Partial<AuditRecord> = {}): AuditRecord {
  return {
    id: uuidv7(),
    event: 'updated',
    auditableType: 'Product',
    auditableId: '1',
    parentType: null,
    parentId: null,
    userType: null,
    userId: null,
    url: null,
    ipAddress: null,
    userAgent: null,
    requestId: null,
    transactionId: null,
    tags: null,
    context: null,
    oldValues: { price: 1 },
    newValues: { price: 2 },
    createdAt: 1_764_000_000_123_456,
    ...own,
  };
}

/** One encoded record of about so many bytes. */
export function aLine(bytes = 0): string {
  return encodeLine(aRecord({ newValues: { text: 'x'.repeat(bytes) } }));
}

/** Encoded records, each another. */
export function lines(count: number, bytes = 0): string[] {
  return Array.from({ length: count }, () => aLine(bytes));
}

/** The records that a buffer of whole lines holds. */
export function linesOf(bytes: Buffer): string[] {
  const text = bytes.toString('utf8');
  return text === '' ? [] : text.split(/(?<=\n)/);
}
