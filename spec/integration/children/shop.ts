/**
 * An application to be killed: creates one product after another, and says of each when its commit has
 * been reported. The environment says where; the argument begins its keys.
 */
import fs from 'node:fs';

import { DataTypes, Sequelize } from 'sequelize';

import { configureAudit, withAudit } from '../../../lib';

async function main(url: string, life: string): Promise<never> {
  const sequelize = new Sequelize(url, { logging: false });
  configureAudit(sequelize);
  const Product = withAudit(
    sequelize.define('Product', { key: { type: DataTypes.STRING, primaryKey: true } }, { timestamps: false }),
  );
  for (let n = 0; ; n++) {
    const key = `${life}-${n}`;
    // By turns with a commit of the database's own, and with ours.
    if (n % 2 === 0) await Product.create({ key });
    else await sequelize.transaction((transaction) => Product.create({ key }, { transaction }));
    // Not process.stdout: what is said must be with the reader before the next change begins.
    fs.writeSync(1, `${key}\n`);
  }
}

void main(process.env['DATABASE_URL'] as string, process.argv[2] as string);
