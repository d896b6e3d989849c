/**
 * An application to be killed at a commit: creates one product of a strict model, says when its commit has been
 * reported, and then waits. The environment says where; the argument is the product's key.
 */
import fs from 'node:fs';

import { DataTypes, Sequelize } from 'sequelize';

import { configureAudit, withAudit } from '../../../lib';

async function main(url: string, key: string): Promise<void> {
  const sequelize = new Sequelize(url, { logging: false });
  configureAudit(sequelize);
  const Product = withAudit(
    sequelize.define('Product', { key: { type: DataTypes.STRING, primaryKey: true } }, { timestamps: false }),
    { durability: 'strict' },
  );
  // Until it is killed.
  setInterval(() => undefined, 60_000);
  await Product.create({ key });
  fs.writeSync(1, `${key}\n`);
}

void main(process.env['DATABASE_URL'] as string, process.argv[2] as string);
