import { DataTypes, literal, fn, col, Op } from 'sequelize';
import type { Model, Sequelize } from 'sequelize';

import { withAudit } from '../../../lib';
import { onEveryDatabase } from '../../support/stage';

const models = (sequelize: Sequelize) => ({
  Item: withAudit(
    sequelize.define(
      'Item',
      {
        name: { type: DataTypes.STRING, unique: true },
        price: { type: DataTypes.INTEGER, field: 'unit_price' },
        stock: DataTypes.INTEGER,
        big: DataTypes.BIGINT,
        js: DataTypes.JSON,
      },
      { timestamps: false },
    ),
  ),
  Product: withAudit(sequelize.define('Product', { name: DataTypes.STRING, price: DataTypes.INTEGER })),
  Note: withAudit(sequelize.define('Note', { text: DataTypes.STRING }, { paranoid: true })),
  /** A setter that writes another attribute, and an attribute that is no column. */
  Label: withAudit(
    sequelize.define(
      'Label',
      {
        title: {
          type: DataTypes.STRING,
          set(this: Model, value: string) {
            this.setDataValue('title', value.trim());
            this.setDataValue('slug', value.trim().toLowerCase());
          },
        },
        slug: DataTypes.STRING,
        shout: DataTypes.VIRTUAL,
      },
      { timestamps: false },
    ),
  ),
});

onEveryDatabase('Model.update', models, (stage) => {
  const given = async (count = 4): Promise<Model[]> => {
    const rows = Array.from({ length: count }, (_, index) => ({
      name: `n${index}`, price: index, stock: 10, big: '9007199254740993', js: { a: index },
    })); // prettier-ignore
    await stage.models.Item.bulkCreate(rows);
    return stage.models.Item.findAll({ order: ['name'] });
  };

  it('of the rows that match, of all, and of none', async () => {
    await given();
    await stage.models.Item.update({ price: 100 }, { where: { name: { [Op.in]: ['n1', 'n2'] } } });
    await stage.models.Item.update({ stock: 11, js: { b: [1] } }, { where: {} });
    await stage.models.Item.update({ price: 100 }, { where: { name: 'nobody' } });
    await stage.check({ created: 4, updated: 6 });
  });

  it('of rows some of which stay as they were', async () => {
    await given();
    await stage.models.Item.update({ price: 2, big: '9007199254740993', js: { a: 1 } }, { where: {} });
    await stage.models.Item.update({ stock: 10 }, { where: {} });
    // The third differs in js alone, the second in price alone.
    await stage.check({ created: 4, updated: 4 });
  });

  it('to and from null', async () => {
    await given();
    await stage.models.Item.update({ price: null, js: null, name: null }, { where: { name: 'n1' } });
    await stage.models.Item.update({ price: 5, js: {}, name: 'back' }, { where: { name: null } });
    await stage.check({ created: 4, updated: 2 });
  });

  it('with timestamps, and silently', async () => {
    await stage.models.Product.bulkCreate([{ name: 'a', price: 1 }, { name: 'b', price: 2 }]);
    await stage.models.Product.update({ price: 3 }, { where: {} });
    await stage.models.Product.update({ price: 4 }, { where: { name: 'a' }, silent: true });
    await stage.check({ created: 2, updated: 3 });
  }); // prettier-ignore

  it('with expressions of the columns themselves', async () => {
    await given();
    await stage.models.Item.update({ price: literal('unit_price + 1'), stock: literal('unit_price') }, { where: {} });
    await stage.models.Item.update({ name: fn('upper', col('name')) }, { where: { name: 'n1' } });
    await stage.models.Item.update({ price: col('unit_price') }, { where: {} });
    await stage.check({ created: 4, updated: 5 });
  }); // prettier-ignore

  it('that makes the rows not match any more', async () => {
    await given();
    await stage.models.Item.update({ price: 50 }, { where: { price: { [Op.lt]: 2 } } });
    await stage.check({ created: 4, updated: 2 });
  });

  it('with a limit', async () => {
    await given();
    await stage.models.Item.update({ price: 77 }, { where: {}, limit: 2 });
    // Sequelize leaves the limit out on PostgreSQL.
    await stage.check({ created: 4, updated: stage.database === 'postgres' ? 4 : 2 });
  });

  it('returning what it wrote, whole and in part', async () => {
    await given();
    await stage.models.Item.update({ price: 77 }, { where: { name: 'n1' }, returning: true });
    await stage.models.Item.update({ price: 78 }, { where: { name: 'n2' }, returning: ['name'] });
    await stage.check({ created: 4, updated: 2 });
  });

  it('of given fields', async () => {
    await given();
    await stage.models.Item.update({ price: 77, stock: 1 }, { where: {}, fields: ['stock'] });
    await stage.check({ created: 4, updated: 4 });
  });

  it('with hooks: false', async () => {
    await given();
    await stage.models.Item.update({ price: 77 }, { where: {}, hooks: false });
    await stage.check({ created: 4, updated: 4 });
  });

  it('with a hook that changes what is set', async () => {
    const { Item } = stage.models;
    await given();
    Item.addHook('beforeBulkUpdate', 'more', (options: object) => {
      const { attributes, fields } = options as { attributes: object; fields: string[] };
      Object.assign(attributes, { stock: 99 });
      fields.push('stock');
    });
    await Item.update({ price: 77 }, { where: { name: 'n1' } });
    Item.removeHook('beforeBulkUpdate', 'more');
    await stage.check({ created: 4, updated: 1 });
  });

  it('with individual hooks that change nothing', async () => {
    await given();
    await stage.models.Item.update({ price: 77 }, { where: {}, individualHooks: true });
    await stage.check({ created: 4, updated: 4 });
  });

  it('with individual hooks by which the rows differ', async () => {
    const { Item } = stage.models;
    await given();
    Item.addHook('beforeUpdate', 'each', (item: Model) => {
      item.set('stock', Number(item.get('id')) * 10);
    });
    await Item.update({ price: 77 }, { where: {}, individualHooks: true });
    Item.removeHook('beforeUpdate', 'each');
    await stage.check({ created: 4, updated: 4 }, { order: 'any' });
  });

  it('of a key', async () => {
    const [first] = await given();
    await stage.models.Item.update({ id: 70_001 }, { where: { id: first!.get('id') as number } });
    await stage.models.Item.update({ id: 70_002, price: 5 }, { where: { id: 70_001 } });
    await stage.models.Item.destroy({ where: { id: 70_002 } });
    await stage.check({ created: 4, updated: 2, deleted: 1 });
  });

  it('of all keys at once', async () => {
    await given();
    await stage.models.Item.update({ id: literal('id + 100000') }, { where: {} });
    await stage.check({ created: 4, updated: 4 });
  });

  it('of paranoid rows, the deleted ones left out or not', async () => {
    const { Note } = stage.models;
    await Note.bulkCreate([{ text: 'a' }, { text: 'b' }, { text: 'c' }]);
    await Note.destroy({ where: { text: 'a' } });
    await Note.update({ text: 'd' }, { where: {} });
    await Note.update({ text: 'e' }, { where: {}, paranoid: false });
    await stage.check({ created: 3, updated: 5, deleted: 1 });
  });

  it('that marks rows as deleted, and takes the mark away', async () => {
    const { Note } = stage.models;
    await Note.bulkCreate([{ text: 'a' }, { text: 'b' }]);
    await Note.update({ deletedAt: new Date('2024-01-01T00:00:00Z') }, { where: { text: 'a' } });
    await Note.update({ deletedAt: new Date('2024-01-02T00:00:00Z') }, { where: { text: 'a' }, paranoid: false });
    await Note.update({ deletedAt: null, text: 'c' }, { where: { text: 'a' }, paranoid: false });
    await stage.check({ created: 2, updated: 1, deleted: 1, restored: 1 });
  }); // prettier-ignore

  it('through setters, with and without their side effects', async () => {
    const { Label } = stage.models;
    await Label.bulkCreate([{ title: 'A' }, { title: 'B' }]);
    await Label.update({ title: ' New ', shout: '!' }, { where: { slug: 'a' } });
    await Label.update({ title: ' Newer ' }, { where: { slug: 'b' }, sideEffects: false });
    await stage.check({ created: 2, updated: 2 });
  });

  it('that fails', async () => {
    await given();
    await stage.models.Item.update({ name: 'n1' }, { where: { name: 'n2' } }).catch(() => undefined);
    await stage.models.Item.update({ name: 'same' }, { where: {} }).catch(() => undefined);
    await stage.check({ created: 4 });
  });

  it('in transactions and savepoints, some rolled back', async () => {
    const { Item } = stage.models;
    await given(2);
    await stage.sequelize.transaction(async (transaction) => {
      await Item.update({ price: 10 }, { where: {}, transaction });
      await stage.sequelize.transaction({ transaction }, (savepoint) =>
        Item.update({ price: 11 }, { where: { name: 'n1' }, transaction: savepoint }),
      );
      const savepoint = await stage.sequelize.transaction({ transaction });
      await Item.update({ price: 12 }, { where: {}, transaction: savepoint });
      await savepoint.rollback();
      await Item.update({ price: 13 }, { where: {}, transaction });
    });
    const transaction = await stage.sequelize.transaction();
    await Item.update({ price: 14 }, { where: {}, transaction });
    await transaction.rollback();
    await stage.check({ created: 2, updated: 5 });
  });

  it('of many rows', async () => {
    await given(3_000);
    await stage.models.Item.update({ stock: 5 }, { where: { price: { [Op.gte]: 500 } } });
    await stage.check({ created: 3_000, updated: 2_500 });
  });

  it('by several writers at once', async () => {
    await given();
    // SQLite refuses a second writer while one is in a transaction; one connection puts them in a row.
    const update = (price: number) => stage.models.Item.update({ price: literal(`unit_price + ${price}`) }, { where: {} });
    await Promise.all([1, 10, 100, 1_000].map(update));
    await stage.check({ created: 4, updated: 16 }, { order: 'any' });
  }); // prettier-ignore

  it('by the query interface, which knows no model', async () => {
    await given();
    const queryInterface = stage.sequelize.getQueryInterface();
    await queryInterface.bulkUpdate('Items', { unit_price: 55 }, { name: 'n1' });
    await queryInterface.bulkInsert('Items', [{ name: 'raw', unit_price: 1 }]);
    await queryInterface.bulkDelete('Items', { name: 'n2' });
    await stage.check({ created: 5, updated: 1, deleted: 1 });
  });
});
