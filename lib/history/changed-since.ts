import type { Transaction } from 'sequelize';

import type { AuditedModel } from '../capture/model/audited-model';
import { PastRow } from '../record/past-row';
import type { AuditQuery } from '../storage/reading/audit-query';
import type { AuditTrail } from '../trail/trail';
import { formerKeyIn } from './row-state';

/** The rows of a model of which there are records after a moment. */
export interface ChangedRows {
  /** What those records say of how it was before them, by the key that a row had at the moment. */
  readonly rows: ReadonlyMap<string, PastRow>;
  /** The key that a row with this key at the moment has now, unless it was deleted. */
  readonly presentKey: (key: string) => string | undefined;
  /** Whether the row that has this key now is one of them, or was made since. */
  readonly hasNow: (key: string) => boolean;
}

/** Reads the records of some keys, or of all. A row whose key changes goes on under the new one. */
export async function changedSince(
  { history }: AuditTrail,
  audited: AuditedModel,
  at: Date,
  keys: readonly string[] | undefined,
  transaction: Transaction | undefined,
): Promise<ChangedRows> {
  const rows = new Map<string, PastRow>();
  const told = new Set<string>();
  /** By a key that was met, the row's at the moment; null for a row that was not there then. */
  const origins = new Map<string, string | null>();
  const originOf = (key: string): string | null => origins.get(key) ?? (origins.has(key) ? null : key);
  const query: Omit<AuditQuery, 'limit'> = {
    model: audited.name,
    since: new Date(at.getTime() + 1),
    order: 'oldest',
    ...(keys ? { id: keys } : {}),
    ...(transaction === undefined ? {} : { transaction }),
  };
  for await (const audit of history.each(query)) {
    const key = audit.auditableId;
    if (key === null) continue;
    const former = formerKeyIn(audited, audit);
    origins.set(key, originOf(former ?? key));
    // Whoever has that key from now on is another row.
    if (former !== undefined) origins.set(former, null);
    const origin = originOf(key);
    if (origin === null || told.has(origin)) continue;
    const row = rows.get(origin) ?? new PastRow();
    rows.set(origin, row);
    if (!row.after(audit)) told.add(origin);
    // What comes back under the key of a deleted row is another life.
    if (audit.event === 'deleted' && audit.newValues === null) origins.set(key, null);
  }
  const present = new Map([...origins].flatMap(([key, origin]) => (origin === null ? [] : [[origin, key]])));
  return { rows, presentKey: (key) => present.get(key), hasNow: (key) => origins.has(key) };
}
