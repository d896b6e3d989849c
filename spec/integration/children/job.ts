/**
 * A worker of somebody's queue, in a process of its own: takes one job from its standard input and does it
 * in the audit context that came with the job; ends when its changes are stored. The environment says where.
 */
import { text } from 'node:stream/consumers';

import { DataTypes, Sequelize } from 'sequelize';

import { configureAudit, resumeAuditContext, withAudit } from '../../../lib';

async function main(url: string): Promise<void> {
  const sequelize = new Sequelize(url, { logging: false });
  const trail = configureAudit(sequelize);
  const Item = withAudit(sequelize.define('Item', { name: DataTypes.STRING }, { timestamps: false }));
  const job = JSON.parse(await text(process.stdin)) as { name: string; audit?: unknown };
  await resumeAuditContext(job.audit, async () => {
    const item = await Item.create({ name: job.name });
    await item.update({ name: `${job.name}, done` });
  });
  await trail.flush({ stored: true });
  await trail.close();
  await sequelize.close();
}

void main(process.env['DATABASE_URL'] as string);
