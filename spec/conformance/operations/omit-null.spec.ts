import { DataTypes } from 'sequelize';
import type { Sequelize } from 'sequelize';

import { withAudit } from '../../../lib';
import { onEveryDatabase } from '../../support/stage';

const models = (sequelize: Sequelize) => {
  const columns = {
    name: DataTypes.STRING,
    n: { type: DataTypes.INTEGER, defaultValue: 7 },
    m: DataTypes.INTEGER,
  };
  const Item = withAudit(sequelize.define('Item', columns, { timestamps: false }));
  const Note = withAudit(sequelize.define('Note', { text: DataTypes.STRING }, { paranoid: true }));
  Item.hasMany(Note, { as: 'notes', foreignKey: 'itemId' });
  return { Item, Note };
};

/** Sequelize's option `omitNull`: NULL is not written. */
onEveryDatabase(
  'omitNull',
  models,
  (stage) => {
    it('a new row, whose defaults are the table’s', async () => {
      await stage.models.Item.create({ name: null, n: null, m: 1 });
      await stage.models.Item.bulkCreate([{ name: null, m: 1 }]);
      await stage.check({ created: 2 });
    });

    it('updates of an instance, of a set, and of one call that writes NULL', async () => {
      const { Item } = stage.models;
      const item = await Item.create({ name: 'a', n: 1, m: 1 });
      await item.update({ name: null, m: 2 });
      await Item.update({ name: null, n: 3 }, { where: {} });
      await Item.update({ name: null, n: 4 }, { where: {}, omitNull: false } as never);
      await stage.check({ created: 1, updated: 3 });
    });

    it('foreign keys, and the mark of deletion', async () => {
      const { Item, Note } = stage.models;
      const item = await Item.create({ name: 'a', n: 1, m: 1 });
      const note = await Note.create({ text: 'x', itemId: item.get('id') });
      await Note.update({ itemId: null }, { where: {} });
      await (await note.reload()).destroy();
      await Note.restore({ where: {} });
      await stage.check({ created: 2, updated: 1, deleted: 1, restored: 1 });
    });
  },
  { sequelize: { omitNull: true } },
);
