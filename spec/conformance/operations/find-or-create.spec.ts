import { expect } from 'chai';
import { DataTypes } from 'sequelize';
import type { Sequelize } from 'sequelize';

import { withAudit } from '../../../lib';
import { onEveryDatabase } from '../../support/stage';

const models = (sequelize: Sequelize) => ({
  Item: withAudit(
    sequelize.define(
      'Item',
      { name: { type: DataTypes.STRING, unique: true }, price: DataTypes.INTEGER },
      { timestamps: false },
    ),
  ),
  Note: withAudit(sequelize.define('Note', { text: DataTypes.STRING }, { paranoid: true })),
});

onEveryDatabase('findOrCreate and findCreateFind', models, (stage) => {
  it('findOrCreate that creates, and that finds', async () => {
    const { Item } = stage.models;
    await Item.findOrCreate({ where: { name: 'a' }, defaults: { price: 1 } });
    await Item.findOrCreate({ where: { name: 'a' }, defaults: { price: 2 } });
    await Item.findOrCreate({ where: { name: 'b' }, hooks: false });
    await stage.check({ created: 2 });
  });

  it('findOrCreate inside a transaction, committed and rolled back', async () => {
    const { Item } = stage.models;
    await stage.sequelize.transaction(async (transaction) => {
      const [item] = await Item.findOrCreate({ where: { name: 'a' }, defaults: { price: 1 }, transaction });
      await Item.findOrCreate({ where: { name: 'a' }, transaction });
      await item.update({ price: 2 }, { transaction });
    });
    const transaction = await stage.sequelize.transaction();
    await Item.findOrCreate({ where: { name: 'b' }, transaction });
    await transaction.rollback();
    await stage.check({ created: 1, updated: 1 });
  });

  it('findOrCreate inside a savepoint that is rolled back', async () => {
    const { Item } = stage.models;
    await stage.sequelize.transaction(async (transaction) => {
      const savepoint = await stage.sequelize.transaction({ transaction });
      await Item.findOrCreate({ where: { name: 'a' }, transaction: savepoint });
      await savepoint.rollback();
      await Item.findOrCreate({ where: { name: 'b' }, transaction });
    });
    await stage.check({ created: 1 });
  });

  it('findOrCreate whose row another one makes first', async () => {
    const { Item } = stage.models;
    // Found by price, which is not unique, it is refused for its name.
    await Item.create({ name: 'a', price: 1 });
    const error: unknown = await Item.findOrCreate({ where: { price: 2 }, defaults: { name: 'a' } }).catch(
      (reason: unknown) => reason,
    );
    expect(error).to.be.instanceOf(Error);
    await stage.check({ created: 1 });
  });

  it('findCreateFind that creates, and that finds', async () => {
    const { Item } = stage.models;
    await Item.findCreateFind({ where: { name: 'a' }, defaults: { price: 1 } });
    await Item.findCreateFind({ where: { name: 'a' }, defaults: { price: 2 } });
    await stage.sequelize.transaction((transaction) =>
      Item.findCreateFind({ where: { name: 'b' }, defaults: { price: 1 }, transaction }),
    );
    await stage.check({ created: 2 });
  });

  it('findOrBuild and save', async () => {
    const [note] = await stage.models.Note.findOrBuild({ where: { text: 'a' } });
    await note.save();
    await note.destroy();
    await stage.models.Note.findOrCreate({ where: { text: 'a' } });
    await stage.check({ created: 2, deleted: 1 });
  });

  it('findCreateFind by several at once', async () => {
    const { Item } = stage.models;
    const found = await Promise.all(
      [1, 2, 3, 4, 5, 6].map((price) => Item.findCreateFind({ where: { name: 'a' }, defaults: { price } })),
    );
    expect(found.filter(([, created]) => created)).to.have.length(1);
    await stage.check({ created: 1 });
  });

  if (stage.database !== 'sqlite') {
    it('findOrCreate by several at once', async () => {
      const { Item } = stage.models;
      const found = await Promise.allSettled(
        [1, 2, 3].map((price) => Item.findOrCreate({ where: { name: 'a' }, defaults: { price } })),
      );
      expect(found.some(({ status }) => status === 'fulfilled')).to.equal(true);
      await stage.check({ created: 1 });
    });
  }
});
