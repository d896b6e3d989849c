import { DataTypes, Sequelize } from 'sequelize';
import type { Options } from 'sequelize';

import { AuditWorker, configureAudit, withAudit, withoutAudit } from '../../lib';
import type { AuditTrail } from '../../lib';
import { ALARM } from '../support/alarm';
import { takeCount } from '../support/store';
import { defineModels } from './models';
import type { Models } from './models';
import type { Workplace } from './operation';

/**
 * `plain`: a Sequelize instance that knows nothing of audits. `untouched`: the same models, still not
 * audited, on an instance with a trail and another model that is. `audited`: all models audited, driver
 * `embedded`, no worker running.
 */
export const VARIANTS = ['plain', 'untouched', 'audited'] as const;
export type VariantName = (typeof VARIANTS)[number];

/** An application in one of the variants, on a database of its own. */
export interface Shop extends Workplace {
  /** Records captured since the beginning. */
  captured(): number;
  /** Stores what was captured, says how many records the table then holds, and empties it. */
  storedRecords(): Promise<number>;
  close(): Promise<void>;
}

/** Opens a database as one of the variants; `dir` is where the trail keeps its journal. */
export async function openShop(variant: VariantName, options: Options, dir: string): Promise<Shop> {
  // A connection that is made anew in the middle of a round would be measured with it.
  const sequelize = new Sequelize({ ...options, pool: { max: 5, idle: 3_600_000 } });
  const models = defineModels(sequelize);
  const trail = variant === 'plain' ? undefined : await openTrail(sequelize, dir);
  if (variant === 'untouched') await writeSibling(sequelize);
  if (variant === 'audited') audit(models);
  return {
    ...models,
    sequelize,
    quietly: variant === 'audited' ? (work) => withoutAudit(work) : (work) => work(),
    captured: () => trail?.counters().captured ?? 0,
    storedRecords: () => (trail ? store(trail) : Promise.resolve(0)),
    async close() {
      await trail?.close();
      await sequelize.close();
    },
  };
}

async function openTrail(sequelize: Sequelize, dir: string): Promise<AuditTrail> {
  const trail = configureAudit(sequelize, { driver: 'embedded', dir, logger: ALARM, flushInterval: 0.01 });
  await trail.migrate();
  return trail;
}

function audit({ Product, Sourced, Paranoid, Tag, ProductTag }: Models): void {
  for (const model of [Product, Paranoid, Tag, ProductTag]) withAudit(model);
  withAudit(Sourced, { oldValues: 'database' });
}

/** With its first record, all that a trail does to an instance is done. */
async function writeSibling(sequelize: Sequelize): Promise<void> {
  const Sibling = withAudit(sequelize.define('Sibling', { name: DataTypes.STRING }));
  await Sibling.sync();
  await sequelize.transaction((transaction) => Sibling.create({ name: 'one' }, { transaction }));
}

async function store(trail: AuditTrail): Promise<number> {
  const worker = new AuditWorker(trail);
  await worker.drain();
  await worker.stop();
  return takeCount(trail);
}
