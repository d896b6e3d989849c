import { expect } from 'chai';
import { DataTypes, Op } from 'sequelize';
import type { Sequelize } from 'sequelize';

import { withAudit } from '../../../lib';
import { onEveryDatabase } from '../../support/stage';

const models = (sequelize: Sequelize) => {
  const Item = withAudit(
    sequelize.define(
      'Item',
      {
        name: DataTypes.STRING,
        price: { type: DataTypes.DECIMAL(12, 2), field: 'unit_price' },
        js: DataTypes.JSON,
      },
      { timestamps: false },
    ),
  );
  const Note = withAudit(sequelize.define('Note', { text: DataTypes.STRING }, { paranoid: true }));
  // Audited, with children that are not.
  const Parent = withAudit(sequelize.define('Parent', { name: DataTypes.STRING }, { timestamps: false }));
  const Child = sequelize.define('Child', { name: DataTypes.STRING }, { timestamps: false });
  Parent.hasMany(Child, { onDelete: 'CASCADE' });
  const Keeper = sequelize.define('Keeper', {}, { timestamps: false });
  Parent.hasMany(Keeper, { onDelete: 'RESTRICT' });
  return { Item, Note, Parent, Child, Keeper };
};

onEveryDatabase('Model.destroy and restore', models, (stage) => {
  const given = async (): Promise<void> => {
    const names = ['a', 'b', 'c', 'd'];
    await stage.models.Item.bulkCreate(
      names.map((name, index) => ({ name, price: `${index}.10`, js: { index } })),
    );
    await stage.models.Note.bulkCreate(names.map((text) => ({ text })));
  };

  it('of the rows that match, of all, and of none', async () => {
    await given();
    await stage.models.Item.destroy({ where: { name: { [Op.in]: ['a', 'c'] } } });
    await stage.models.Item.destroy({ where: { name: 'a' } });
    await stage.models.Item.destroy({ where: {} });
    await stage.check({ created: 8, deleted: 4 });
  });

  it('by a condition that is never met, as the database sees beforehand', async () => {
    await given();
    expect(await stage.models.Item.destroy({ where: { name: [] } })).to.equal(0);
    expect(await stage.models.Item.destroy({ where: { id: { [Op.in]: [] } }, limit: 2 })).to.equal(0);
    await stage.check({ created: 8 });
  });

  it('with a limit', async () => {
    await given();
    await stage.models.Item.destroy({ where: {}, limit: 3 });
    await stage.check({ created: 8, deleted: 3 });
  });

  it('with hooks: false, and with individual hooks', async () => {
    await given();
    await stage.models.Item.destroy({ where: { name: 'a' }, hooks: false });
    await stage.models.Note.destroy({ where: { text: 'a' }, hooks: false });
    await stage.models.Item.destroy({ where: {}, individualHooks: true });
    await stage.models.Note.destroy({ where: {}, individualHooks: true });
    await stage.check({ created: 8, deleted: 8 }, { order: 'any' });
  });

  it('softly, twice, back, and for good', async () => {
    const { Note } = stage.models;
    await given();
    await Note.destroy({ where: { text: { [Op.in]: ['a', 'b'] } } });
    await Note.destroy({ where: {} });
    await Note.restore({ where: { text: { [Op.in]: ['a', 'c'] } } });
    await Note.restore({ where: {} });
    await Note.destroy({ where: { text: 'a' }, force: true });
    await Note.destroy({ where: { text: 'b' } });
    await Note.destroy({ where: {}, force: true });
    await stage.check({ created: 8, deleted: 9, restored: 4 });
  });

  it('restore with hooks: false, with individual hooks, and of rows that are not deleted', async () => {
    const { Note } = stage.models;
    await given();
    await Note.destroy({ where: {} });
    await Note.restore({ where: { text: 'a' }, hooks: false });
    await Note.restore({ where: { text: 'b' }, individualHooks: true });
    await Note.restore({ where: {} });
    await stage.check({ created: 8, deleted: 4, restored: 4 });
  });

  it('in transactions and savepoints, some rolled back', async () => {
    const { Item, Note } = stage.models;
    await given();
    await stage.sequelize.transaction(async (transaction) => {
      await Item.destroy({ where: { name: 'a' }, transaction });
      const savepoint = await stage.sequelize.transaction({ transaction });
      await Item.destroy({ where: {}, transaction: savepoint });
      await Note.destroy({ where: {}, transaction: savepoint });
      await savepoint.rollback();
      await Note.destroy({ where: { text: 'b' }, transaction });
      await Note.restore({ where: { text: 'b' }, transaction });
    });
    const transaction = await stage.sequelize.transaction();
    await Item.destroy({ where: {}, transaction });
    await transaction.rollback();
    await stage.check({ created: 8, deleted: 2, restored: 1 });
  });

  it('truncate', async () => {
    await given();
    await stage.checkByDump({ created: 8, deleted: 4 }, () => stage.models.Item.truncate());
  });

  it('truncate by destroy, the sequence begun anew', async () => {
    await given();
    await stage.checkByDump({ created: 8, deleted: 4 }, () =>
      stage.models.Item.destroy({ truncate: true, restartIdentity: true }),
    );
  });

  it('truncate of a paranoid model, which marks its rows, and for good', async () => {
    await given();
    await stage.checkByDump({ created: 8, deleted: 4 }, () => stage.models.Note.truncate());
  });

  it('truncate of a paranoid model for good', async () => {
    await given();
    await stage.models.Note.destroy({ where: { text: 'a' } });
    await stage.checkByDump({ created: 8, deleted: 5 }, () => stage.models.Note.truncate({ force: true }));
  });

  it('truncate of an empty table', async () => {
    await stage.checkByDump({}, () => stage.models.Item.truncate());
  });

  if (stage.database === 'postgres') {
    it('truncate with the rows that depend on them', async () => {
      const { Parent, Child } = stage.models;
      const parents = await Parent.bulkCreate([{ name: 'a' }, { name: 'b' }]);
      await Child.create({ name: 'c', ParentId: parents[0]!.get('id') });
      await stage.checkByDump({ created: 2, deleted: 2 }, () => Parent.truncate({ cascade: true }));
    });

    it('truncate in a transaction that is rolled back', async () => {
      await given();
      const transaction = await stage.sequelize.transaction();
      await stage.models.Item.truncate({ transaction });
      await transaction.rollback();
      await stage.check({ created: 8 });
    });
  }

  it('that fails', async () => {
    const { Parent, Keeper } = stage.models;
    const parents = await Parent.bulkCreate([{ name: 'a' }, { name: 'b' }]);
    await Keeper.create({ ParentId: parents[1]!.get('id') });
    const error: unknown = await Parent.destroy({ where: {} }).catch((reason: unknown) => reason);
    expect((error as Error).name).to.equal('SequelizeForeignKeyConstraintError');
    await stage.check({ created: 2 });
  });
});
