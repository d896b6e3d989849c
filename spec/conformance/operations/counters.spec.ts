import { DataTypes, Op } from 'sequelize';
import type { Model, Sequelize } from 'sequelize';

import { withAudit } from '../../../lib';
import { onEveryDatabase } from '../../support/stage';

const counts = () => ({
  name: DataTypes.STRING,
  count: { type: DataTypes.INTEGER, field: 'number_of' },
  big: DataTypes.BIGINT,
  amount: DataTypes.DECIMAL(20, 4),
});
const models = (sequelize: Sequelize) => ({
  Counter: withAudit(sequelize.define('Counter', counts(), { timestamps: false })),
  Stamped: withAudit(sequelize.define('Stamped', counts())),
  Versioned: withAudit(sequelize.define('Versioned', counts(), { timestamps: false, version: true })),
  Paranoid: withAudit(sequelize.define('Paranoid', counts(), { paranoid: true })),
});

onEveryDatabase('increment and decrement', models, (stage) => {
  const rows = ['a', 'b', 'c'].map((name, index) => ({
    name, count: index, big: `900719925474099${index}`, amount: `${index}.1000`,
  })); // prettier-ignore
  const given = async (): Promise<Model> => {
    await stage.models.Counter.bulkCreate(rows);
    return (await stage.models.Counter.findOne({ where: { name: 'b' } }))!;
  };

  it('of an instance: one field, several, by a number, by different ones', async () => {
    const counter = await given();
    await counter.increment('count');
    await counter.increment('count', { by: 5 });
    await counter.increment(['count', 'amount'], { by: 2 });
    await counter.increment({ count: 1, big: 3, amount: 0.5 });
    await counter.decrement('count', { by: 2 });
    await counter.decrement({ count: -4, amount: 0.25 });
    await counter.increment('count', { by: -1 });
    await stage.check({ created: 3, updated: 7 });
  });

  it('of rows: one field, several, by different numbers', async () => {
    await given();
    const { Counter } = stage.models;
    await Counter.increment('count', { where: { name: { [Op.ne]: 'a' } } });
    await Counter.increment({ count: 2, big: 1 }, { where: {} });
    await Counter.decrement(['count', 'amount'], { by: 3, where: { name: 'c' } });
    await Counter.increment('count', { where: { name: 'nobody' } });
    await stage.check({ created: 3, updated: 6 });
  });

  it('by nothing, and of null', async () => {
    await given();
    const { Counter } = stage.models;
    await Counter.increment('count', { by: 0, where: {} });
    await Counter.create({ name: 'null' });
    await Counter.increment('count', { where: { name: 'null' } });
    await stage.check({ created: 4 });
  });

  it('of an instance that is used on', async () => {
    const counter = await given();
    await counter.increment('count', { by: 5 });
    await counter.reload();
    await counter.update({ count: 100 });
    await counter.destroy();
    await stage.check({ created: 3, updated: 2, deleted: 1 });
  });

  it('with timestamps, and silently', async () => {
    const stamped = await stage.models.Stamped.create(rows[0]);
    await stamped.increment('count');
    await stage.models.Stamped.increment('count', { where: {} });
    await stamped.increment('count', { silent: true });
    await stage.check({ created: 1, updated: 3 });
  });

  it('of a versioned row', async () => {
    const versioned = await stage.models.Versioned.create(rows[0]);
    await versioned.increment('count');
    await stage.models.Versioned.increment('count', { where: {} });
    await stage.models.Versioned.decrement('count', { where: {} });
    await stage.check({ created: 1, updated: 3 });
  });

  it('of paranoid rows', async () => {
    const { Paranoid } = stage.models;
    await Paranoid.bulkCreate(rows);
    await Paranoid.destroy({ where: { name: 'a' } });
    await Paranoid.increment('count', { where: { name: 'b' } });
    const deleted = await Paranoid.findOne({ where: { name: 'a' }, paranoid: false });
    await deleted!.increment('count', { by: 5 });
    await stage.check({ created: 3, updated: 2, deleted: 1 });
  });

  it('that fails', async () => {
    const counter = await given();
    await counter.increment('nothing').catch(() => undefined);
    await stage.check({ created: 3 });
  });

  it('in transactions and savepoints, some rolled back', async () => {
    const counter = await given();
    const { Counter } = stage.models;
    await stage.sequelize.transaction(async (transaction) => {
      await counter.increment('count', { transaction });
      const savepoint = await stage.sequelize.transaction({ transaction });
      await Counter.increment('count', { where: {}, transaction: savepoint });
      await savepoint.rollback();
      await Counter.decrement('count', { where: { name: 'b' }, transaction });
    });
    const transaction = await stage.sequelize.transaction();
    await Counter.increment('count', { where: {}, transaction });
    await transaction.rollback();
    await stage.check({ created: 3, updated: 2 });
  });

  it('by many at once, of one row', async () => {
    const counter = await given();
    await Promise.all(Array.from({ length: 12 }, () => counter.increment('count')));
    await stage.check({ created: 3, updated: 12 }, { order: 'any' });
  });
});
