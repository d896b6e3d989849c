import { QueryTypes, Sequelize } from 'sequelize';

import { configureAudit } from '../../lib';
import type { AuditTrail } from '../../lib';

/** The trail's database, with its table, for those who look at it from outside. */
export async function openStore(url: string): Promise<Sequelize> {
  const store = new Sequelize(url, { logging: false });
  const trail = configureAudit(store, { driver: 'sync' });
  await trail.migrate();
  await trail.close();
  return store;
}

/** Rows of the trail, and how many ids they have. */
export async function countStored(store: Sequelize): Promise<{ stored: number; distinct: number }> {
  const [counts] = await store.query<{ stored: string; distinct: string }>(
    'SELECT count(*) AS stored, count(DISTINCT id) AS distinct FROM audits',
    { type: QueryTypes.SELECT },
  );
  return { stored: Number(counts?.stored), distinct: Number(counts?.distinct) };
}

/** How many records lie in the table, which is emptied. */
export async function takeCount(trail: AuditTrail): Promise<number> {
  const records = await trail.Audit.count();
  await trail.Audit.destroy({ truncate: true });
  return records;
}
