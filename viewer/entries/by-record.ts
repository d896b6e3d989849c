import type { AuditJson } from '../api/types';

/** What happened to one record. */
export interface RecordChanges {
  readonly model: string;
  readonly id: string;
  readonly audits: readonly AuditJson[];
}

/** Audits by record, in the order in which the records come first. */
export function byRecord(audits: readonly AuditJson[]): RecordChanges[] {
  const records = new Map<string, { model: string; id: string; audits: AuditJson[] }>();
  for (const audit of audits) {
    const { auditableType: model, auditableId: id } = audit;
    const key = JSON.stringify([model, id]);
    const known = records.get(key);
    if (known) known.audits.push(audit);
    else records.set(key, { model, id, audits: [audit] });
  }
  return [...records.values()];
}
