import { uuidv7 } from 'uuidv7';

import { nowMicroseconds } from '../../lib/record/clock';
import type { AuditRecord } from '../../lib/record/record';
import { encodeLine } from '../../lib/record/wire';

/** An encoded record, with the parts that a spec cares about. */
export function recordLine(parts: Partial<AuditRecord>): string {
  return encodeLine({
    id: uuidv7(), event: 'created', auditableType: 'Thing', auditableId: '1', parentType: null, parentId: null, userType: null, userId: null, url: null,
    ipAddress: null, userAgent: null, requestId: null, transactionId: null, tags: null, context: null,
    oldValues: null, newValues: null, createdAt: nowMicroseconds(), ...parts,
  }); // prettier-ignore
}
