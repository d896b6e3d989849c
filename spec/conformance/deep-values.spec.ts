import { expect } from 'chai';
import { DataTypes } from 'sequelize';
import type { Model, ModelStatic } from 'sequelize';

import { runWithAuditContext, withAudit } from '../../lib';
import { createWorld, DATABASES } from '../support/world';
import type { World } from '../support/world';

/** JSON functions of MariaDB know 32 levels, MySQL's 100, SQLite's 1000; a scalar is one. */
const LEVELS = { postgres: 200, mysql: 31, mariadb: 31, sqlite: 200 } as const;

function nested(levels: number): unknown {
  let value: unknown = 'bottom';
  for (let i = 0; i < levels; i++) value = { deeper: value };
  return value;
}

for (const driver of ['sync', 'embedded'] as const) {
  for (const database of DATABASES) {
    describe(`deeply nested values, driver ${driver} on ${database}`, () => {
      let world: World;
      let Product: ModelStatic<Model>;

      beforeEach(async () => {
        world = await createWorld(database, { driver });
        const attributes = { name: DataTypes.STRING, data: DataTypes.JSON };
        Product = withAudit(world.sequelize.define('Product', attributes, { timestamps: false }));
        await world.sequelize.sync();
      });
      afterEach(() => world.dispose());

      it('are in the trail wherever they fit the table', async () => {
        for (let levels = 28; levels <= 31; levels++) {
          await Product.create({ name: String(levels), data: nested(levels) });
        }
        const product = await Product.create({ name: 'deep', data: nested(LEVELS[database]) });
        await product.update({ data: null });

        const audits = await world.stored();
        expect(audits.map(({ newValues }) => newValues?.['data'])).to.deep.equal(
          [28, 29, 30, 31, LEVELS[database]].map(nested).concat([null]),
        );
        expect(audits.at(-1)?.oldValues).to.deep.equal({ data: nested(LEVELS[database]) });
      });

      it('hinder no query into the values of a record', async () => {
        await Product.create({ name: 'deep', data: nested(LEVELS[database]) });
        await Product.create({ name: 'tea', data: { kind: 'green' } });
        await world.stored();

        const { Audit } = world.trail;
        const deep = await Audit.findAll({ where: { newValues: { name: 'deep' } } });
        const green = await Audit.findAll({ where: { newValues: { data: { kind: 'green' } } } });
        expect(deep.map(({ newValues }) => newValues?.['name'])).to.deep.equal(['deep']);
        expect(green.map(({ newValues }) => newValues?.['name'])).to.deep.equal(['tea']);
      });

      it('of a context cost no record, and are cut where no database could hold them', async () => {
        await runWithAuditContext({ extra: { hundred: nested(100), abyss: nested(5000), ticket: 7 } }, () =>
          Product.create({ name: 'tea' }),
        );

        const [audit, ...more] = await world.stored();
        expect(more).to.deep.equal([]);
        expect(audit?.context).to.deep.include({ hundred: nested(100), ticket: 7 });
        expect(JSON.stringify(audit?.context?.['abyss']))
          .to.include('nested too deeply')
          .and.not.to.include('bottom');
      });
    });
  }
}
