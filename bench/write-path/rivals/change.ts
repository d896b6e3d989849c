import { randomUUID } from 'node:crypto';

import type { Model } from 'sequelize';

/** What a hook of one's own writes down in `afterUpdate`; of no other operation is it asked here. */
export interface Change {
  readonly id: string;
  readonly event: string;
  readonly auditableType: string;
  readonly auditableId: string;
  readonly oldValues: object;
  readonly newValues: object;
  readonly createdAt: Date;
}

export function changeOf(row: Model): Change {
  const names = row.changed() || [];
  return {
    id: randomUUID(),
    event: 'updated',
    auditableType: 'Product',
    auditableId: String(row.get('id')),
    oldValues: Object.fromEntries(names.map((name) => [name, row.previous(name)])),
    newValues: Object.fromEntries(names.map((name) => [name, row.get(name)])),
    createdAt: new Date(),
  };
}
