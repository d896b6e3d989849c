import type { AuditRecord } from '../../record/record';
import { storedForm } from '../../record/stored-form';
import { COLUMNS } from '../../record/wire';
import type { Row } from '../../record/wire';
import type { Audit } from '../audit-model';

type JsonColumn = 'tags' | 'context' | 'oldValues' | 'newValues';

/** A record as the table or a file has it, values in their stored form. */
export type RecordFields = Omit<AuditRecord, JsonColumn | 'createdAt'> &
  Record<JsonColumn, unknown> & {
    /** ISO 8601. */
    readonly createdAt: string;
  };

/** Of the table. */
export function fieldsOfAudit(audit: Audit): RecordFields {
  return {
    id: audit.id,
    event: audit.event,
    auditableType: audit.auditableType,
    auditableId: audit.auditableId,
    parentType: audit.parentType,
    parentId: audit.parentId,
    userType: audit.userType,
    userId: audit.userId,
    url: audit.url,
    ipAddress: audit.ipAddress,
    userAgent: audit.userAgent,
    requestId: audit.requestId,
    transactionId: audit.transactionId,
    tags: storedForm(audit.getDataValue('tags')),
    context: storedForm(audit.getDataValue('context')),
    oldValues: storedForm(audit.getDataValue('oldValues')),
    newValues: storedForm(audit.getDataValue('newValues')),
    createdAt: audit.createdAt.toISOString(),
  };
}

/** Of a line of a file, which may be anybody's. */
export function fieldsOfRow(row: Row): RecordFields {
  const of = (column: (typeof COLUMNS)[number]): string | null => row[COLUMNS.indexOf(column)] ?? null;
  return {
    id: of('id') ?? '',
    event: of('event') ?? 'unknown',
    auditableType: of('auditable_type'),
    auditableId: of('auditable_id'),
    parentType: of('parent_type'),
    parentId: of('parent_id'),
    userType: of('user_type'),
    userId: of('user_id'),
    url: of('url'),
    ipAddress: of('ip_address'),
    userAgent: of('user_agent'),
    requestId: of('request_id'),
    transactionId: of('transaction_id'),
    tags: storedForm(of('tags')),
    context: storedForm(of('context')),
    oldValues: storedForm(of('old_values')),
    newValues: storedForm(of('new_values')),
    createdAt: (of('created_at') ?? '').replace(' ', 'T').replace('+00:00', 'Z'),
  };
}
