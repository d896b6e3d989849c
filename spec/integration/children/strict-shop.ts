/**
 * An application to be killed at a commit: creates a product of a strict model, says when its commit has been
 * reported, and then waits, or goes on with further ones. The environment says where; the arguments are the
 * product's key, and how many there are to be.
 */
import fs from 'node:fs';

import { DataTypes, Sequelize } from 'sequelize';

import { configureAudit, withAudit } from '../../../lib';

async function main(url: string, key: string, count = 1): Promise<void> {
  const sequelize = new Sequelize(url, { logging: false });
  configureAudit(sequelize);
  const Product = withAudit(
    sequelize.define('Product', { key: { type: DataTypes.STRING, primaryKey: true } }, { timestamps: false }),
    { durability: 'strict' },
  );
  // Until it is killed.
  setInterval(() => undefined, 60_000);
  for (let n = 0; n < count; n++) {
    await Product.create({ key: n === 0 ? key : `${key}-${n}` });
    fs.writeSync(1, `${key}\n`);
  }
}

void main(process.env['DATABASE_URL'] as string, process.argv[2] as string, Number(process.argv[3] ?? 1));
