import { expect } from 'chai';
import { DataTypes } from 'sequelize';
import type { Model, ModelStatic } from 'sequelize';

import { withAudit } from '../../lib';
import type { AuditOptions } from '../../lib';
import { createWorld, DATABASES } from '../support/world';
import type { DatabaseName, World } from '../support/world';

/** What every driver promises, over every database. */
const DRIVERS: readonly NonNullable<AuditOptions['driver']>[] = ['sync', 'embedded', 'redis'];

for (const driver of DRIVERS) {
  for (const database of DATABASES) {
    describe(`driver ${driver} on ${database}`, () => {
      let world: World;
      let Product: ModelStatic<Model>;

      beforeEach(async () => {
        world = await createWorld(database, { driver });
        Product = withAudit(
          world.sequelize.define(
            'Product',
            { name: DataTypes.STRING, price: DataTypes.INTEGER },
            { timestamps: false },
          ),
        );
        await world.sequelize.sync();
      });
      afterEach(() => world.dispose());

      it('stores a change made without a transaction', async () => {
        const product = await Product.create({ name: 'tea', price: 1 });
        await product.update({ price: 2 });
        await product.destroy();

        const audits = await world.stored();
        const id = product.get('id');
        expect(
          audits.map(({ event, auditableType, auditableId }) => [event, auditableType, auditableId]),
        ).to.deep.equal([
          ['created', 'Product', String(id)],
          ['updated', 'Product', String(id)],
          ['deleted', 'Product', String(id)],
        ]);
        expect(audits.map(({ oldValues, newValues }) => [oldValues, newValues])).to.deep.equal([
          [null, { id, name: 'tea', price: 1 }],
          [{ price: 1 }, { price: 2 }],
          [{ id, name: 'tea', price: 2 }, null],
        ]);
      });

      it('stores the changes of a committed transaction, together and in order', async () => {
        const transactionId = await world.sequelize.transaction(async (transaction) => {
          const product = await Product.create({ name: 'tea' }, { transaction });
          await product.update({ price: 2 }, { transaction });
          return (transaction as unknown as { id: string }).id;
        });

        const audits = await world.stored();
        expect(audits.map(({ event }) => event)).to.deep.equal(['created', 'updated']);
        expect(audits.map((audit) => audit.transactionId)).to.deep.equal([transactionId, transactionId]);
      });

      it('stores nothing of a transaction that is rolled back', async () => {
        const transaction = await world.sequelize.transaction();
        await Product.create({ name: 'tea' }, { transaction });
        await transaction.rollback();
        await Product.create({ name: 'coffee' });

        const audits = await world.stored();
        expect(audits.map(({ newValues }) => newValues?.['name'])).to.deep.equal(['coffee']);
      });

      it('stores nothing of a savepoint that is rolled back, and all around it', async () => {
        await world.sequelize.transaction(async (transaction) => {
          await Product.create({ name: 'before' }, { transaction });
          const savepoint = await world.sequelize.transaction({ transaction });
          await Product.create({ name: 'inside' }, { transaction: savepoint });
          await savepoint.rollback();
          await Product.create({ name: 'after' }, { transaction });
        });

        const audits = await world.stored();
        expect(audits.map(({ newValues }) => newValues?.['name'])).to.deep.equal(['before', 'after']);
      });

      it('stores many records of one statement', async () => {
        await Product.bulkCreate(
          Array.from({ length: 2500 }, (_, index) => ({ name: `tea ${index}`, price: index })),
        );

        const audits = await world.stored();
        expect(audits).to.have.length(2500);
        expect(new Set(audits.map(({ auditableId }) => auditableId)).size).to.equal(2500);
        expect(
          audits.every(({ newValues }) => newValues?.['name'] === `tea ${String(newValues?.['price'])}`),
        ).to.equal(true);
      });

      it('keeps hostile values as they are', async () => {
        const name = `O'Hara";\\ DROP TABLE audits; --\t\n\r\\N \u{1f375} ${'é'.repeat(50)}`;
        const product = await Product.create({ name });
        await product.update({ name: '\\' });

        const audits = await world.stored();
        expect(audits[0]?.newValues?.['name']).to.equal(name);
        expect(audits[1]?.oldValues?.['name']).to.equal(name);
        expect(audits[1]?.newValues?.['name']).to.equal('\\');
      });

      it('goes on after the trail was closed', async () => {
        await Product.create({ name: 'first' });
        if (driver !== 'sync') await (await world.worker()).drain();
        await world.trail.flush();
        await closeButKeepWorker(world, database);
        await Product.create({ name: 'second' });

        const audits = await world.stored();
        expect(audits.map(({ newValues }) => newValues?.['name'])).to.deep.equal(['first', 'second']);
      });
    });
  }
}

/** The in-process worker shares the trail's connection to a database of its own (SQLite), so it has to end first. */
async function closeButKeepWorker(world: World, database: DatabaseName): Promise<void> {
  if (database === 'sqlite' && world.trail.settings.driver !== 'sync') return;
  await world.trail.close();
}
