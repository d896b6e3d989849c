import { symlinkSync, writeFileSync, mkdirSync } from 'node:fs';
import path from 'node:path';

import { DataTypes, Sequelize } from 'sequelize';

import { configureAudit, withAudit } from '../../lib';
import { directoriesOf } from '../../lib/buffer/directories';
import { resolveSettings } from '../../lib/config';
import { Batch } from '../../lib/record/batch';
import type { AuditRecord } from '../../lib/record/record';
import { encodeLine } from '../../lib/record/wire';
import { BatchWriter } from '../../lib/storage/batch-writer';
import { Database } from '../../lib/storage/database';
import { Migrator } from '../../lib/storage/migrator';
import { UnconfirmedStore } from '../../lib/trail/strict/unconfirmed';
import { DiskStore } from '../../lib/worker/disk-store';
import { anyRecord } from '../support/records';
import { temporaryFolder } from '../support/servers';

export const LIBRARY = path.join(__dirname, '../../lib/index.js');

/** A new working directory, where `require('sequelize')` works as it does in an application. */
export function applicationFolder(): string {
  const folder = temporaryFolder();
  const modules = path.resolve(path.dirname(require.resolve('sequelize/package.json')), '..');
  symlinkSync(modules, path.join(folder, 'node_modules'));
  return folder;
}

/** Writes files; the names are relative to the folder. */
export function write(folder: string, files: Record<string, string>): void {
  for (const [name, text] of Object.entries(files)) {
    const file = path.join(folder, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
}

/** An application in the folder changes some rows of shop.sqlite; their records wait in its journal. */
export async function recordChanges(folder: string, count: number, databaseUrl?: string): Promise<void> {
  const storage = path.join(folder, 'shop.sqlite');
  const sequelize = new Sequelize({ dialect: 'sqlite', storage, logging: false });
  const trail = configureAudit(sequelize, {
    dir: path.join(folder, '.audit'),
    ...(databaseUrl ? { databaseUrl } : {}),
  });
  const Product = withAudit(sequelize.define('Product', { name: DataTypes.STRING }));
  await sequelize.sync();
  await sequelize.transaction((transaction) =>
    Product.bulkCreate(
      Array.from({ length: count }, (_, index) => ({ name: `product ${index}` })),
      { transaction },
    ),
  );
  await trail.flush();
  await trail.close();
  await sequelize.close();
}

/** A record of so many days ago. */
export function record(daysAgo = 0): AuditRecord {
  return anyRecord({
    auditableType: 'Product',
    newValues: { name: 'a product' },
    createdAt: (Date.now() - daysAgo * 86_400_000) * 1000,
  });
}

function batchOf(records: readonly AuditRecord[]): Batch {
  return Batch.fromLines(records.map(encodeLine));
}

/** Puts records where a worker puts them while the database is down. */
export function rescue(folder: string, records: readonly AuditRecord[], trail = 'sqlite-shop'): void {
  const store = new DiskStore(directoriesOf(path.join(folder, '.audit', trail)).rescue);
  store.put(batchOf(records), 'the database does not take records');
  store.endLane();
}

/** Puts records where those go of which nobody can tell whether they were committed. */
export function keepUnconfirmed(folder: string, records: readonly AuditRecord[]): void {
  const store = new UnconfirmedStore(
    resolveSettings({ dir: path.join(folder, '.audit', 'sqlite-shop') }, {}),
  );
  store.put(records.map(encodeLine), 'nobody knows');
  store.close();
}

/** The trail's database of the folder's application, with its tables; `work` is done on it. */
export async function onTrail<T>(folder: string, work: (database: Database) => Promise<T>): Promise<T> {
  const storage = path.join(folder, 'shop.sqlite');
  const sequelize = new Sequelize({ dialect: 'sqlite', storage, logging: false });
  const database = Database.open(sequelize, resolveSettings({ dir: folder }, {}));
  try {
    await new Migrator(database).up();
    return await work(database);
  } finally {
    await database.close();
    await sequelize.close();
  }
}

/** Stores records in the trail of the folder's application. */
export function store(folder: string, records: readonly AuditRecord[]): Promise<unknown> {
  return onTrail(folder, (database) => new BatchWriter(database).write(batchOf(records)));
}

/** How many records are stored. */
export function countStored(folder: string): Promise<number> {
  return onTrail(folder, async ({ sequelize }) => {
    const [rows] = await sequelize.query('SELECT COUNT(*) AS n FROM audits');
    return (rows[0] as { n: number }).n;
  });
}
