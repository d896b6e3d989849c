import { QueryTypes } from 'sequelize';

import type { Audit } from '../audit-model';
import type { Database } from '../database';

/** When records were captured, in ISO 8601 with microseconds, by their ids: a Date has milliseconds only. */
export async function exactTimesOf(
  { sequelize, dialect }: Database,
  audits: readonly Pick<Audit, 'id' | 'createdAt'>[],
): Promise<Map<string, string>> {
  if (audits.length === 0) return new Map();
  const rows = await sequelize.query<{ id: string; at: string }>(
    `SELECT id, ${dialect.timestampText} AS at FROM audits WHERE id IN (:ids)`,
    { replacements: { ids: audits.map(({ id }) => id) }, type: QueryTypes.SELECT, logging: false },
  );
  // The text's own date is in whatever zone the connection has; its fraction is the same in all of them.
  const fractions = new Map(rows.map(({ id, at }) => [id, /\.(\d{1,6})/.exec(at)?.[1]?.padEnd(6, '0')]));
  return new Map(
    audits.map(({ id, createdAt }) => {
      const iso = createdAt.toISOString();
      return [id, `${iso.slice(0, 20)}${fractions.get(id) ?? `${iso.slice(20, 23)}000`}Z`];
    }),
  );
}
