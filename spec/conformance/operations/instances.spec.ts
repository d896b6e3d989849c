import { expect } from 'chai';
import { col, DataTypes, fn, literal, OptimisticLockError } from 'sequelize';
import type { Model, Sequelize } from 'sequelize';

import { withAudit } from '../../../lib';
import { onEveryDatabase } from '../../support/stage';

const models = (sequelize: Sequelize) => ({
  /** With timestamps. */
  Product: withAudit(
    sequelize.define('Product', {
      name: DataTypes.STRING,
      price: DataTypes.INTEGER,
      ratio: DataTypes.DOUBLE,
      js: DataTypes.JSON,
    }),
  ),
  /** Without, so that a row may stay as it was. */
  Item: withAudit(
    sequelize.define(
      'Item',
      {
        name: { type: DataTypes.STRING, unique: true },
        price: { type: DataTypes.INTEGER, defaultValue: 7 },
        js: DataTypes.JSON,
      },
      { timestamps: false },
    ),
  ),
  Note: withAudit(sequelize.define('Note', { text: DataTypes.STRING }, { paranoid: true })),
  Account: withAudit(
    sequelize.define('Account', { balance: DataTypes.INTEGER }, { version: true, timestamps: false }),
  ),
});

onEveryDatabase('instances', models, (stage) => {
  it('create, with defaults, nulls and all', async () => {
    await stage.models.Product.create({ name: 'tea', price: null, js: { a: [1, 'x'] } });
    await stage.models.Item.create({});
    await stage.check({ created: 2 });
  });

  it('build and save, and save again with nothing to save', async () => {
    const item = stage.models.Item.build({ name: 'a' });
    await item.save();
    await item.save();
    await item.update({ name: 'a' });
    await stage.check({ created: 1 });
  });

  it('create of given fields only, and with hooks: false', async () => {
    await stage.models.Item.create({ name: 'a', price: 1 }, { fields: ['name'] });
    await stage.models.Item.create({ name: 'b' }, { hooks: false });
    await stage.check({ created: 2 });
  });

  it('create with values that the database computes', async () => {
    await stage.models.Item.create({ name: fn('upper', 'abc'), price: literal('3 * 4') });
    await stage.check({ created: 1 });
  });

  it('create that fails', async () => {
    await stage.models.Item.create({ name: 'a' });
    await stage.models.Item.create({ name: 'a' }).catch(() => undefined);
    await stage.check({ created: 1 });
  });

  it('update and save', async () => {
    const product = await stage.models.Product.create({ name: 'tea', price: 1 });
    await product.update({ price: 2 });
    product.set({ name: 'coffee', price: 3 });
    await product.save();
    await stage.check({ created: 1, updated: 2 });
  });

  it('the value before several assignments', async () => {
    const item = await stage.models.Item.create({ name: 'a', price: 200 });
    item.set('price', 300);
    item.set('price', 400);
    await item.save();
    await stage.check({ created: 1, updated: 1 });
  });

  it('an assignment that is taken back', async () => {
    const item = await stage.models.Item.create({ name: 'a', price: 200 });
    item.set('price', 300);
    item.set('price', 200);
    await item.save();
    item.set('name', 'b');
    item.set('price', 300);
    item.set('price', 200);
    await item.save();
    await stage.check({ created: 1, updated: 1 });
  });

  it('a value of another type that is the same for the database', async () => {
    const item = await stage.models.Item.create({ name: '7', price: 7 });
    await item.update({ price: '7' });
    await item.update({ name: 7 });
    await stage.check({ created: 1 });
  });

  it('save of given fields only, the others later', async () => {
    const item = await stage.models.Item.create({ name: 'a', price: 1 });
    item.set({ name: 'b', price: 2 });
    await item.save({ fields: ['name'] });
    await item.save();
    await item.update({ name: 'c', price: 3 }, { fields: ['price'] });
    await stage.check({ created: 1, updated: 3 });
  });

  it('silent', async () => {
    const product = await stage.models.Product.create({ price: 1 });
    await product.update({ price: 2 }, { silent: true });
    await stage.check({ created: 1, updated: 1 });
  });

  it('hooks: false', async () => {
    const product = await stage.models.Product.create({ price: 1 });
    await product.update({ price: 2 }, { hooks: false });
    const note = await stage.models.Note.create({ text: 'a' });
    await note.destroy({ hooks: false });
    await note.restore({ hooks: false } as object);
    await product.destroy({ hooks: false });
    await stage.check({ created: 2, updated: 1, deleted: 2, restored: 1 });
  });

  it('hooks of the application that change what is saved', async () => {
    const { Item } = stage.models;
    const hook = (item: Model): void => void item.set('price', 99);
    Item.addHook('beforeSave', 'price', hook);
    const item = await Item.create({ name: 'a', price: 1 });
    Item.removeHook('beforeSave', 'price');
    Item.addHook('beforeUpdate', 'price', (instance: Model) => void instance.set('price', 100));
    await item.update({ name: 'b' });
    Item.removeHook('beforeUpdate', 'price');
    await stage.check({ created: 1, updated: 1 });
  });

  it('a hook of the application that throws after the change', async () => {
    const { Item } = stage.models;
    const item = await Item.create({ name: 'a' });
    Item.addHook('afterUpdate', 'throw', () => {
      throw new Error('mail server down');
    });
    const error: unknown = await item.update({ name: 'b' }).catch((reason: unknown) => reason);
    Item.removeHook('afterUpdate', 'throw');
    expect((error as Error).message).to.equal('mail server down');
    await stage.check({ created: 1, updated: 1 });
  });

  it('attributes that were not selected', async () => {
    const { Item } = stage.models;
    await Item.create({ name: 'a', price: 1 });
    const partial = await Item.findOne({ attributes: ['id'] });
    await partial!.update({ price: 2 });
    await (await Item.findOne({ attributes: ['id', 'name'] }))!.destroy();
    await stage.check({ created: 1, updated: 1, deleted: 1 });
  });

  it('reload between assignments', async () => {
    const { Item } = stage.models;
    const item = await Item.create({ name: 'a', price: 1 });
    const other = await Item.findByPk(item.get('id') as number);
    await other!.update({ price: 2 });
    item.set('price', 50);
    await item.reload();
    await item.update({ price: 3 });
    await stage.check({ created: 1, updated: 2 });
  });

  it('an instance that is saved again and again', async () => {
    const item = await stage.models.Item.create({ name: 'a', price: 0 });
    for (let price = 1; price <= 5; price += 1) await item.update({ price });
    await stage.check({ created: 1, updated: 5 });
  });

  it('JSON replaced, and set to the same content in another order', async () => {
    const item = await stage.models.Item.create({ name: 'a', js: { a: 1, b: [1] } });
    await item.update({ js: { b: [1], a: 1 } });
    await item.update({ js: { a: 2 } });
    await item.update({ js: [] });
    await item.update({ js: null });
    await stage.check({ created: 1, updated: 3 });
  });

  it('JSON changed in place', async () => {
    const item = await stage.models.Item.create({ name: 'a', js: { a: 1, deep: { list: [1] } } });
    (item.get('js') as { deep: { list: number[] } }).deep.list.push(2);
    item.changed('js' as never, true);
    await item.save();
    const found = await stage.models.Item.findOne();
    (found!.get('js') as { a: number }).a = 5;
    found!.changed('js' as never, true);
    await found!.save();
    await stage.check({ created: 1, updated: 2 });
  });

  it('JSON set by a dotted key', async () => {
    const item = await stage.models.Item.create({ name: 'a', js: { a: { b: 1 }, c: 1 } });
    item.set('js.a.b', 2);
    await item.save();
    const found = await stage.models.Item.findOne();
    found!.set('js.c', 3);
    found!.set('js.d', 4);
    await found!.save();
    await stage.check({ created: 1, updated: 2 });
  });

  it('values that the database computes', async () => {
    const item = await stage.models.Item.create({ name: 'a', price: 5 });
    await item.update({ price: literal('price + 1') });
    await item.reload();
    await item.update({ name: fn('upper', col('name')), price: literal('price * 2') });
    await item.update({ price: literal('price') });
    await stage.check({ created: 1, updated: 2 });
  });

  it('a value that the database rounds', async () => {
    const product = await stage.models.Product.create({ ratio: 0.1 + 0.2 });
    await product.update({ ratio: 1e21 });
    await product.update({ ratio: -1 / 3 });
    await stage.check({ created: 1, updated: 2 });
  });

  it('a timestamp set by hand', async () => {
    const product = await stage.models.Product.create({ price: 1 });
    product.changed('updatedAt' as never, true);
    product.set('createdAt', new Date('2020-02-29T12:00:00.000Z'), { raw: true });
    product.changed('createdAt' as never, true);
    await product.save();
    await stage.check({ created: 1, updated: 1 });
  });

  it('destroy', async () => {
    const product = await stage.models.Product.create({ name: 'tea', price: 1, js: { a: 1 } });
    await product.destroy();
    await stage.check({ created: 1, deleted: 1 });
  });

  it('destroy with changes that were never saved', async () => {
    const item = await stage.models.Item.create({ name: 'a', price: 1, js: { a: 1 } });
    item.set({ price: 2, js: { b: 2 } });
    await item.destroy();
    await stage.check({ created: 1, deleted: 1 });
  });

  it('a paranoid row through deletion, restoration and the end', async () => {
    const note = await stage.models.Note.create({ text: 'a' });
    await note.destroy();
    await note.restore();
    await note.update({ text: 'b' });
    await note.destroy();
    await note.destroy({ force: true });
    await stage.check({ created: 1, updated: 1, deleted: 3, restored: 1 });
  });

  it('a paranoid row deleted with changes that were never saved, and one that was not selected whole', async () => {
    const note = await stage.models.Note.create({ text: 'a' });
    note.set('text', 'b');
    await note.destroy();
    await stage.models.Note.create({ text: 'c' });
    const partial = await stage.models.Note.findOne({ where: { text: 'c' }, attributes: ['id'] });
    await partial!.destroy();
    await partial!.restore();
    await stage.check({ created: 2, deleted: 2, restored: 1 });
  });

  it('a row restored by update', async () => {
    const note = await stage.models.Note.create({ text: 'a' });
    await note.destroy();
    note.setDataValue('deletedAt', null);
    note.changed('deletedAt' as never, true);
    await note.save();
    await stage.check({ created: 1, deleted: 1, restored: 1 });
  });

  it('a versioned row, and no record where the lock fails', async () => {
    const { Account } = stage.models;
    const account = await Account.create({ balance: 1 });
    const stale = await Account.findOne();
    await account.update({ balance: 2 });
    const error: unknown = await stale!.update({ balance: 3 }).catch((reason: unknown) => reason);
    expect(error).to.be.instanceOf(OptimisticLockError);
    await account.update({ balance: 4 });
    await stage.check({ created: 1, updated: 2 });
  });

  it('a row that is gone', async () => {
    const { Item, Note } = stage.models;
    const item = await Item.create({ name: 'a' });
    const note = await Note.create({ text: 'a' });
    const [sameItem, sameNote] = [await Item.findOne(), await Note.findOne()];
    await item.destroy();
    await note.destroy({ force: true });
    await sameItem!.update({ name: 'b' }).catch(() => undefined);
    await sameItem!.destroy();
    await sameNote!.destroy();
    await sameNote!.destroy({ force: true });
    await stage.check({ created: 2, deleted: 2 });
  });

  it('several changes in a transaction, and in savepoints that are rolled back', async () => {
    const { Item } = stage.models;
    await stage.sequelize.transaction(async (transaction) => {
      const item = await Item.create({ name: 'a', price: 1 }, { transaction });
      await item.update({ price: 2 }, { transaction });
      const savepoint = await stage.sequelize.transaction({ transaction });
      await Item.update({ price: 3 }, { where: {}, transaction: savepoint });
      await savepoint.rollback();
      await item.update({ name: 'b' }, { transaction });
      await item.destroy({ transaction });
    });
    await stage.check({ created: 1, updated: 2, deleted: 1 });
  });

  it('changes of a transaction that is rolled back', async () => {
    const { Item } = stage.models;
    const item = await Item.create({ name: 'a', price: 1 });
    const transaction = await stage.sequelize.transaction();
    await item.update({ price: 2 }, { transaction });
    await item.destroy({ transaction });
    await transaction.rollback();
    await stage.check({ created: 1 });
  });

  it('the same changes made at once', async () => {
    const { Item } = stage.models;
    const items = await Promise.all(['a', 'b', 'c', 'd'].map((name) => Item.create({ name, price: 1 })));
    await Promise.all(items.map((item, index) => item.update({ price: index })));
    await Promise.all(items.map((item) => item.destroy()));
    await stage.check({ created: 4, updated: 3, deleted: 4 }, { order: 'any' });
  });
});
