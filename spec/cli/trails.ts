import { Sequelize } from 'sequelize';

import { resolveSettings } from '../../lib/config';
import { Batch } from '../../lib/record/batch';
import type { AuditRecord } from '../../lib/record/record';
import { encodeLine } from '../../lib/record/wire';
import { BatchWriter } from '../../lib/storage/batch-writer';
import { Database } from '../../lib/storage/database';
import { createDatabase } from '../support/servers';
import { audit } from './command';
import { applicationFolder, record, store } from './shop';

/** A trail for the command line to read. */
export interface Trail {
  readonly cwd: string;
  /** Arguments that name its database. */
  readonly at: readonly string[];
  store(records: readonly AuditRecord[]): Promise<unknown>;
  drop(): Promise<unknown>;
}

/** A new trail on one of the databases. */
export async function newTrail(name: 'sqlite' | 'postgres'): Promise<Trail> {
  const cwd = applicationFolder();
  if (name === 'sqlite') {
    const at = ['--url', 'sqlite:shop.sqlite'];
    return { cwd, at, store: (records) => store(cwd, records), drop: () => Promise.resolve() };
  }
  const created = await createDatabase('postgres');
  const at = ['--url', created.url];
  await audit(['migrate', ...at], { cwd });
  const sequelize = new Sequelize(created.url, { logging: false });
  const database = Database.open(sequelize, resolveSettings({ dir: cwd }, {}));
  return {
    cwd,
    at,
    store: (records) => new BatchWriter(database).write(Batch.fromLines(records.map(encodeLine))),
    async drop() {
      await sequelize.close();
      await created.drop();
    },
  };
}

/** A record like any other, but for what a spec is about. */
export function change(fields: Partial<AuditRecord> = {}, daysAgo = 0): AuditRecord {
  return {
    ...record(daysAgo),
    event: 'updated',
    oldValues: { price: 1000 },
    newValues: { price: 1200 },
    ...fields,
  };
}
