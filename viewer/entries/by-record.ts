import type { AuditJson } from '../api/types';

/** What happened to one record; without a key, to many of a model, and without a model, to none. */
export interface RecordChanges {
  readonly model: string | null;
  readonly id: string | null;
  readonly audits: readonly AuditJson[];
}

/** Audits by record, in the order in which the records come first. */
export function byRecord(audits: readonly AuditJson[]): RecordChanges[] {
  const records = new Map<string, RecordChanges & { audits: AuditJson[] }>();
  for (const audit of audits) {
    const { auditableType: model, auditableId: id } = audit;
    const key = JSON.stringify([model, id]);
    const known = records.get(key);
    if (known) known.audits.push(audit);
    else records.set(key, { model, id, audits: [audit] });
  }
  return [...records.values()];
}
