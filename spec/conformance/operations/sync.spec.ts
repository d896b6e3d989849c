import { expect } from 'chai';
import { DataTypes, literal } from 'sequelize';
import type { Sequelize } from 'sequelize';

import { withAudit } from '../../../lib';
import { onEveryDatabase } from '../../support/stage';

const models = (sequelize: Sequelize) => ({
  Item: withAudit(
    sequelize.define(
      'Item',
      { name: { type: DataTypes.STRING, unique: true }, price: DataTypes.INTEGER, js: DataTypes.JSON },
      { timestamps: false },
    ),
  ),
  Note: withAudit(sequelize.define('Note', { text: DataTypes.STRING }, { paranoid: true })),
});

/** One of each family: what differs with this driver is the transaction, not what is captured. */
onEveryDatabase(
  'driver sync',
  models,
  (stage) => {
    const rows = ['a', 'b', 'c'].map((name, price) => ({ name, price }));

    it('instances', async () => {
      const item = await stage.models.Item.create({ name: 'a', price: 1 });
      await item.update({ price: literal('price + 1') });
      await item.increment('price');
      await item.destroy();
      const note = await stage.models.Note.create({ text: 'a' });
      await note.destroy();
      await note.restore();
      await stage.check({ created: 2, updated: 2, deleted: 2, restored: 1 });
    });

    it('sets', async () => {
      const { Item, Note } = stage.models;
      await Item.bulkCreate(rows);
      await Item.bulkCreate([{ name: 'c', price: 9 }, { name: 'd', price: 9 }], { updateOnDuplicate: ['price'] });
      await Item.bulkCreate(rows, { ignoreDuplicates: true });
      await Item.update({ price: 5 }, { where: { name: ['a', 'b'] } });
      await Item.increment('price', { where: { name: 'a' } });
      await Item.destroy({ where: { name: 'a' }, hooks: false });
      await Note.bulkCreate([{ text: 'a' }]);
      await Note.destroy({ where: {} });
      await Note.restore({ where: {} });
      await stage.check({ created: 5, updated: 4, deleted: 2, restored: 1 });
    }); // prettier-ignore

    it('upsert and findOrCreate', async () => {
      const { Item } = stage.models;
      await Item.upsert({ name: 'a', price: 1 });
      await Item.upsert({ name: 'a', price: 2 });
      await Item.findOrCreate({ where: { name: 'a' } });
      await Item.findOrCreate({ where: { name: 'b' } });
      await stage.check({ created: 2, updated: 1 });
    });

    it('truncate', async () => {
      await stage.models.Item.bulkCreate(rows);
      await stage.checkByDump({ created: 3, deleted: 3 }, () => stage.models.Item.truncate());
    });

    it('what fails leaves nothing', async () => {
      const { Item } = stage.models;
      await Item.bulkCreate(rows);
      for (const failing of [
        () => Item.create({ name: 'a' }),
        () => Item.bulkCreate([{ name: 'x' }, { name: 'a' }]),
        () => Item.update({ name: 'same' }, { where: {} }),
      ]) {
        const error: unknown = await failing().catch((reason: unknown) => reason);
        expect((error as Error).name).to.equal('SequelizeUniqueConstraintError');
      }
      await stage.check({ created: 3 });
    });

    it('transactions and savepoints', async () => {
      const { Item } = stage.models;
      await Item.bulkCreate(rows);
      await stage.sequelize.transaction(async (transaction) => {
        await Item.update({ price: 7 }, { where: {}, transaction });
        const savepoint = await stage.sequelize.transaction({ transaction });
        await Item.update({ price: 8 }, { where: {}, transaction: savepoint });
        await Item.upsert({ name: 'x' }, { transaction: savepoint });
        await savepoint.rollback();
        await Item.destroy({ where: { name: 'a' }, transaction });
      });
      const transaction = await stage.sequelize.transaction();
      await Item.destroy({ where: {}, transaction });
      await transaction.rollback();
      await stage.check({ created: 3, updated: 3, deleted: 1 });
    });

    it('many writers at once', async () => {
      const { Item } = stage.models;
      await Item.bulkCreate(rows);
      await Promise.all([1, 10, 100].map((by) => Item.increment('price', { by, where: {} })));
      await stage.check({ created: 3, updated: 9 }, { order: 'any' });
    });
  },
  { driver: 'sync' },
);
