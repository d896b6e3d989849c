import { lowestIdAt } from '../../lib/record/id-time';
import { nowMicroseconds } from '../../lib/record/clock';
import type { AuditRecord } from '../../lib/record/record';
import { encodeLine } from '../../lib/record/wire';

let made = 0;

/** An id of this moment, in milliseconds since 1970; of those of one moment each is above the one before. */
export function idAt(milliseconds: number): string {
  const count = (++made).toString(16).padStart(12, '0');
  const random = Math.random().toString(16).slice(2, 8).padEnd(6, '0');
  return `${lowestIdAt(milliseconds).slice(0, 13)}-7${count.slice(0, 3)}-8${count.slice(3, 6)}-${count.slice(6)}${random}`;
}

/** A record, with the parts that a spec cares about; its id is of its time. */
export function anyRecord(parts: Partial<AuditRecord> = {}): AuditRecord {
  const { createdAt = nowMicroseconds() } = parts;
  return {
    id: idAt(createdAt / 1000), event: 'created', auditableType: 'Thing', auditableId: '1', parentType: null, parentId: null, userType: null, userId: null, url: null,
    ipAddress: null, userAgent: null, requestId: null, transactionId: null, tags: null, context: null,
    oldValues: null, newValues: null, createdAt, ...parts,
  }; // prettier-ignore
}

/** The same, encoded. */
export function recordLine(parts: Partial<AuditRecord>): string {
  return encodeLine(anyRecord(parts));
}
