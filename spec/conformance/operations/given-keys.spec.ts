import { expect } from 'chai';
import { DataTypes, literal } from 'sequelize';
import type { Sequelize } from 'sequelize';

import { withAudit } from '../../../lib';
import { onEveryDatabase } from '../../support/stage';

const models = (sequelize: Sequelize) => {
  const Item = withAudit(
    sequelize.define(
      'Item',
      {
        code: { type: DataTypes.STRING, unique: true },
        rate: { type: DataTypes.DECIMAL(10, 2), unique: true },
        count: DataTypes.INTEGER,
      },
      { timestamps: false },
    ),
  );
  const Box = withAudit(sequelize.define('Box', { name: DataTypes.STRING }, { timestamps: false }), {
    cascade: true,
  });
  const Thing = withAudit(sequelize.define('Thing', { name: DataTypes.STRING }, { timestamps: false }));
  Box.hasMany(Thing, { onDelete: 'CASCADE' });
  return { Item, Box, Thing };
};

onEveryDatabase('Keys that are not given as they will be', models, (stage) => {
  it('a number for a text that is unique', async () => {
    const { Item } = stage.models;
    await Item.create({ code: '5', count: 0 });
    await Item.upsert({ code: 5, count: 1 });
    await stage.sequelize.transaction(async (transaction) => {
      await Item.upsert({ code: 5, count: 2 }, { transaction });
      await Item.bulkCreate([{ code: 5, count: 3 }, { code: 6, count: 4 }], { updateOnDuplicate: ['count'], transaction });
    }); // prettier-ignore
    await stage.check({ created: 2, updated: 3 });
  });

  it('a number that the column rounds', async function () {
    // Elsewhere the row is recorded without its old values: README, "Limits".
    if (stage.database !== 'postgres') return;
    const { Item } = stage.models;
    await Item.create({ rate: 0.3, count: 0 });
    await stage.sequelize.transaction((transaction) =>
      Item.upsert({ rate: 0.1 + 0.2, count: 1 }, { transaction }),
    );
    await stage.check({ created: 1, updated: 1 });
  });

  it('0 where the database makes a key', async () => {
    const { Item } = stage.models;
    await Item.create({ id: 0, count: 1 });
    await Item.bulkCreate(stage.sequelize.getDialect() === 'postgres' ? [{ count: 2 }] : [{ id: 0, count: 2 }, { id: 0, count: 3 }], { ignoreDuplicates: true }); // prettier-ignore
    await stage.check('whatever');
  });

  it('are known of instances afterwards, though SQLite has made none on the connection', async () => {
    if (stage.sequelize.getDialect() !== 'sqlite') return;
    const { Item } = stage.models;
    const given = await Item.create({ code: 'a', count: 1 });
    const [met] = await Item.bulkCreate([{ code: 'a', count: 2 }], { updateOnDuplicate: ['count'] });
    expect(met?.get('id')).to.equal(given.get('id'));
    await met?.update({ count: 3 });
    await stage.check({ created: 1, updated: 2 });
  });

  it('of rows that follow others when a table is emptied', async () => {
    // The others' TRUNCATE refuses tables that are referred to, or needs to be told.
    if (stage.database !== 'sqlite') return;
    const { Box, Thing } = stage.models;
    const boxes = await Box.bulkCreate([{ name: 'a' }, { name: 'b' }]);
    await Thing.bulkCreate(boxes.map((box) => ({ name: 't', BoxId: box.get('id') })));
    await Box.destroy({ truncate: true });
    expect(await Thing.count()).to.equal(0);
    await stage.check({ created: 4, deleted: 4 });
  });

  it('with a search path, where nothing can be bound', async () => {
    if (stage.database !== 'postgres') return;
    const { Item } = stage.models;
    await stage.sequelize.transaction(async (transaction) => {
      const options = { transaction, searchPath: 'public' };
      const item = await Item.create({ code: "it's $1", count: 1 }, options);
      await item.update({ count: literal('count + 1') }, options);
      await Item.update({ count: 7, code: '$2' }, { where: { code: "it's $1" }, ...options });
      await Item.destroy({ where: { code: '$2' }, ...options });
    });
    await stage.check({ created: 1, updated: 2, deleted: 1 });
  });
});
