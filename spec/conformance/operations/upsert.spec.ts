import { DataTypes, literal } from 'sequelize';
import type { Sequelize } from 'sequelize';

import { withAudit } from '../../../lib';
import { onEveryDatabase } from '../../support/stage';

const models = (sequelize: Sequelize) => ({
  Item: withAudit(
    sequelize.define(
      'Item',
      {
        name: { type: DataTypes.STRING, unique: true },
        price: { type: DataTypes.INTEGER, field: 'unit_price', defaultValue: 7 },
        js: DataTypes.JSON,
      },
      { timestamps: false },
    ),
  ),
  Product: withAudit(sequelize.define('Product', { name: DataTypes.STRING, price: DataTypes.INTEGER })),
  Stock: withAudit(
    sequelize.define(
      'Stock',
      {
        shop: { type: DataTypes.STRING, primaryKey: true },
        article: { type: DataTypes.INTEGER, primaryKey: true },
        count: DataTypes.INTEGER,
      },
      { timestamps: false },
    ),
  ),
  Note: withAudit(
    sequelize.define(
      'Note',
      { key: { type: DataTypes.STRING, unique: true }, text: DataTypes.STRING },
      { paranoid: true },
    ),
  ),
  Region: withAudit(
    sequelize.define(
      'Region',
      { country: DataTypes.STRING, code: DataTypes.STRING, name: DataTypes.STRING },
      { timestamps: false, indexes: [{ unique: true, fields: ['country', 'code'] }] },
    ),
  ),
});

onEveryDatabase('upsert', models, (stage) => {
  it('by the key: created, updated, unchanged', async () => {
    const { Item } = stage.models;
    await Item.upsert({ id: 80_001, name: 'a', price: 1 });
    await Item.upsert({ id: 80_001, name: 'a', price: 2 });
    await Item.upsert({ id: 80_001, name: 'a', price: 2 });
    await stage.check({ created: 1, updated: 1 });
  });

  it('by no unique attribute at all, so that only the key that was made tells', async () => {
    const { Item, Product } = stage.models;
    await Item.upsert({ price: 1 });
    await Product.upsert({ name: 'a' });
    await stage.sequelize.transaction((transaction) => Product.upsert({ name: 'b' }, { transaction }));
    await stage.check({ created: 3 });
  });

  it('by a unique attribute: created, updated, unchanged', async () => {
    const { Item } = stage.models;
    await Item.bulkCreate([{ name: 'x' }, { name: 'y' }]);
    await Item.upsert({ name: 'a', price: 1, js: { a: 1 } });
    await Item.upsert({ name: 'a', price: 2, js: { a: 1 } });
    await Item.upsert({ name: 'a', price: 2, js: { a: 1 } });
    await Item.upsert({ name: 'x', js: { b: 2 } });
    await stage.check({ created: 3, updated: 2 });
  });

  it('with timestamps: createdAt stays, updatedAt does not', async () => {
    const { Product } = stage.models;
    await Product.upsert({ id: 80_001, name: 'a', price: 1 });
    await Product.upsert({ id: 80_001, name: 'b', price: 2 });
    await stage.check({ created: 1, updated: 1 });
  });

  it('with some attributes only, with given fields, and with hooks: false', async () => {
    const { Item } = stage.models;
    await Item.upsert({ name: 'a', price: 1, js: { a: 1 } });
    await Item.upsert({ name: 'a', js: null });
    await Item.upsert({ name: 'a', price: 9, js: { c: 1 } }, { fields: ['name', 'price'] });
    await Item.upsert({ name: 'a', price: 10 }, { hooks: false });
    await Item.upsert({ name: 'b', price: 10 }, { hooks: false });
    await stage.check({ created: 2, updated: 3 });
  });

  it('returning, and not', async () => {
    const { Item } = stage.models;
    await Item.upsert({ name: 'a', price: 1 }, { returning: true });
    await Item.upsert({ name: 'a', price: 2 }, { returning: true });
    await Item.upsert({ name: 'a', price: 3 }, { returning: false });
    await Item.upsert({ name: 'b', price: 3 }, { returning: false });
    await stage.check({ created: 2, updated: 2 });
  });

  it('of a composite key', async () => {
    const { Stock } = stage.models;
    await Stock.upsert({ shop: 'a', article: 1, count: 5 });
    await Stock.upsert({ shop: 'a', article: 2, count: 5 });
    await Stock.upsert({ shop: 'a', article: 1, count: 6 });
    await Stock.upsert({ shop: 'a', article: 2, count: 5 });
    await stage.check({ created: 2, updated: 1 });
  });

  it('of rows told apart by a unique index', async () => {
    const { Region } = stage.models;
    await Region.upsert({ country: 'de', code: 'be', name: 'Berlin' });
    await Region.upsert({ country: 'at', code: 'be', name: 'Bregenz' });
    await Region.upsert({ country: 'de', code: 'be', name: 'Berlin (Stadt)' });
    await stage.check({ created: 2, updated: 1 });
  });

  it('by the attributes that are named', async () => {
    const { Region } = stage.models;
    const conflictFields = stage.database === 'mysql' || stage.database === 'mariadb' ? undefined : ['country', 'code'] as never[];
    const options = conflictFields ? { conflictFields } : {};
    await Region.upsert({ country: 'de', code: 'be', name: 'Berlin' }, options);
    await Region.upsert({ country: 'de', code: 'be', name: 'Berlin (Stadt)' }, options);
    await stage.check({ created: 1, updated: 1 });
  }); // prettier-ignore

  it('of a row that is marked as deleted', async () => {
    const { Note } = stage.models;
    await Note.upsert({ key: 'a', text: '1' });
    await Note.destroy({ where: {} });
    await Note.upsert({ key: 'a', text: '2' });
    await Note.upsert({ key: 'a', text: '2', deletedAt: null });
    await stage.check({ created: 1, updated: 1, deleted: 1, restored: 1 });
  });

  it('with a value that the database computes', async () => {
    const { Item } = stage.models;
    await Item.upsert({ name: 'a', price: literal('1 + 1') });
    await Item.upsert({ name: 'a', price: literal('2 + 2') });
    await stage.check({ created: 1, updated: 1 });
  });

  it('that fails', async () => {
    const { Item } = stage.models;
    await Item.bulkCreate([{ id: 80_001, name: 'a' }, { id: 80_002, name: 'b' }]);
    await Item.upsert({ id: 80_003, name: 'x'.repeat(300) }).catch(() => undefined);
    const counts = stage.database === 'sqlite' ? { created: 3 } : { created: 2 };
    await stage.check(counts);
  }); // prettier-ignore

  it('in transactions and savepoints, some rolled back', async () => {
    const { Item } = stage.models;
    await stage.sequelize.transaction(async (transaction) => {
      await Item.upsert({ name: 'a', price: 1 }, { transaction });
      const savepoint = await stage.sequelize.transaction({ transaction });
      await Item.upsert({ name: 'a', price: 2 }, { transaction: savepoint });
      await Item.upsert({ name: 'b', price: 2 }, { transaction: savepoint });
      await savepoint.rollback();
      await Item.upsert({ name: 'a', price: 3 }, { transaction });
    });
    const transaction = await stage.sequelize.transaction();
    await Item.upsert({ name: 'a', price: 4 }, { transaction });
    await transaction.rollback();
    await stage.check({ created: 1, updated: 1 });
  });

  it('by several writers at once', async () => {
    const { Item } = stage.models;
    await Promise.all([1, 2, 3, 4, 5, 6].map((price) => Item.upsert({ name: 'a', price })));
    await stage.check({ created: 1, updated: 5 }, { order: 'any' });
  });
});
