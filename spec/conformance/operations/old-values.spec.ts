import { DataTypes } from 'sequelize';
import type { Model, Sequelize } from 'sequelize';

import { withAudit } from '../../../lib';
import { onEveryDatabase } from '../../support/stage';

const models = (sequelize: Sequelize) => ({
  Item: withAudit(
    sequelize.define(
      'Item',
      { name: DataTypes.STRING, price: DataTypes.INTEGER, js: DataTypes.JSON },
      { timestamps: false },
    ),
    { oldValues: 'database' },
  ),
  Note: withAudit(sequelize.define('Note', { text: DataTypes.STRING, rank: DataTypes.INTEGER }, { paranoid: true }), {
    oldValues: 'database',
  }),
  Account: withAudit(
    sequelize.define('Account', { balance: DataTypes.INTEGER }, { version: true, timestamps: false }),
    { oldValues: 'database' },
  ),
}); // prettier-ignore

onEveryDatabase("old values of the database's own", models, (stage) => {
  /** An instance, and one of the same row that knows nothing of what the other does. */
  const pair = async (): Promise<[Model, Model]> => {
    const item = await stage.models.Item.create({ name: 'a', price: 1, js: { a: 1 } });
    return [item, (await stage.models.Item.findOne())!];
  };

  it('update of a stale instance', async () => {
    const [item, stale] = await pair();
    await item.update({ price: 2, name: 'b' });
    await stale.update({ price: 3 });
    await stage.check({ created: 1, updated: 2 });
  });

  it('update of a stale instance to what the row holds already', async () => {
    const [item, stale] = await pair();
    await item.update({ price: 2 });
    await stale.update({ price: 2 });
    await stage.check({ created: 1, updated: 1 });
  });

  it('destroy of a stale instance', async () => {
    const [item, stale] = await pair();
    await item.update({ price: 2, js: { b: 2 } });
    await stale.destroy();
    await stage.check({ created: 1, updated: 1, deleted: 1 });
  });

  it('soft deletion and restoration of a stale instance', async () => {
    const { Note } = stage.models;
    const note = await Note.create({ text: 'a', rank: 1 });
    const stale = await Note.findOne();
    await note.update({ text: 'b' });
    await stale!.destroy();
    await Note.update({ rank: 5 }, { where: {}, paranoid: false });
    await stale!.restore();
    await stale!.destroy({ force: true });
    await stage.check({ created: 1, updated: 2, deleted: 2, restored: 1 });
  });

  it('an instance that was changed in a transaction that is rolled back', async () => {
    const [item] = await pair();
    const transaction = await stage.sequelize.transaction();
    await item.update({ price: 50 }, { transaction });
    await transaction.rollback();
    await item.update({ price: 60 });
    await stage.check({ created: 1, updated: 1 });
  });

  it('an instance of which only a part was selected', async () => {
    await pair();
    const partial = await stage.models.Item.findOne({ attributes: ['id'] });
    await partial!.update({ price: 2 });
    await partial!.update({ js: { c: 1 } });
    await partial!.destroy();
    await stage.check({ created: 1, updated: 2, deleted: 1 });
  });

  it('a row that is gone', async () => {
    const [item, stale] = await pair();
    await item.destroy();
    await stale.update({ price: 2 });
    await stale.destroy();
    await stage.check({ created: 1, deleted: 1 });
  });

  it('a versioned row, and no record where the lock fails', async () => {
    const { Account } = stage.models;
    const account = await Account.create({ balance: 1 });
    const stale = await Account.findOne();
    await account.update({ balance: 2 });
    await stale!.update({ balance: 3 }).catch(() => undefined);
    await account.update({ balance: 4 });
    await stage.check({ created: 1, updated: 2 });
  });

  it('updates of one row by many at once', async () => {
    const { Item } = stage.models;
    await pair();
    const instances = await Promise.all([1, 2, 3, 4, 5, 6].map(() => Item.findOne()));
    await Promise.all(instances.map((instance, index) => instance!.update({ price: 100 + index })));
    await stage.check({ created: 1, updated: 6 }, { order: 'any' });
  });
});
