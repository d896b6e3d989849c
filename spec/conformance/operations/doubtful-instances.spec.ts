import { DataTypes } from 'sequelize';
import type { Model, Sequelize, Transaction } from 'sequelize';

import { withAudit } from '../../../lib';
import { onEveryDatabase } from '../../support/stage';

const models = (sequelize: Sequelize) => ({
  Item: withAudit(
    sequelize.define(
      'Item',
      {
        a: DataTypes.INTEGER,
        b: DataTypes.INTEGER,
        file: DataTypes.BLOB,
        at: DataTypes.DATE,
      },
      { timestamps: false },
    ),
  ),
});

/** Instances that hold what their row does not. */
onEveryDatabase('instances in doubt', models, (stage) => {
  const undone = (
    work: (transaction: Transaction) => Promise<unknown>,
    outer?: Transaction,
  ): Promise<unknown> => {
    const run = async (transaction: Transaction): Promise<void> => {
      await work(transaction);
      throw new Error('undo');
    };
    const begun = outer
      ? stage.sequelize.transaction({ transaction: outer }, run)
      : stage.sequelize.transaction(run);
    return begun.catch(() => undefined);
  };
  const given = (): Promise<Model> => stage.models.Item.create({ a: 1, b: 1 });

  it('a rollback is remembered over a write of something else', async () => {
    const item = await given();
    await undone((transaction) => item.update({ a: 2 }, { transaction }));
    await item.update({ b: 5 });
    await item.update({ a: 3 });
    await item.update({ a: 4 });
    await stage.check({ created: 1, updated: 3 });
  });

  it('the rollback of a savepoint is, in its transaction and after', async () => {
    const item = await given();
    await stage.sequelize.transaction(async (transaction) => {
      await undone((savepoint) => item.update({ a: 2 }, { transaction: savepoint }), transaction);
      await item.update({ b: 5 }, { transaction });
    });
    await item.update({ a: 3 });
    await stage.check({ created: 1, updated: 2 });
  });

  it('of a write that was made again before its rollback', async () => {
    const item = await given();
    await stage.sequelize.transaction(async (transaction) => {
      await item.update({ a: 2 }, { transaction });
      await undone((savepoint) => item.update({ a: 3 }, { transaction: savepoint }), transaction);
    });
    await item.update({ b: 5 });
    await item.destroy();
    await stage.check({ created: 1, updated: 2, deleted: 1 });
  });

  it('an instance that was loaded anew inside of what is undone', async () => {
    const item = await given();
    await undone(async (transaction) => {
      await item.update({ a: 2 }, { transaction });
      await item.reload({ transaction });
    });
    await item.update({ a: 3 });
    await stage.check({ created: 1, updated: 1 });
  });

  it('a row whose creation was undone', async () => {
    let item: Model | undefined;
    await undone(async (transaction) => {
      item = await stage.models.Item.create({ a: 1 }, { transaction });
    });
    await item!.update({ a: 2 });
    await item!.destroy();
    await stage.check({});
  });

  it('counters, whose result the instance need not know', async () => {
    const item = await given();
    await item.increment('a', { by: 10 });
    await item.update({ a: 50 });
    await item.decrement({ a: 3, b: 2 });
    await item.update({ b: 7 });
    await item.increment('a');
    await item.destroy();
    await stage.check({ created: 1, updated: 5, deleted: 1 });
  });

  it('a counter that is undone', async () => {
    const item = await given();
    await undone((transaction) => item.increment('a', { by: 10, transaction }));
    await item.update({ a: 50 });
    await stage.check({ created: 1, updated: 1 });
  });

  it('a value that was set past its change, and is saved', async () => {
    const item = await given();
    item.set({ a: 5 }, { raw: true });
    item.changed('a' as never, true);
    await item.save();
    await stage.check({ created: 1, updated: 1 });
  });

  it('a buffer and a date that were changed in place', async () => {
    const item = await stage.models.Item.create({ file: Buffer.from('abc'), at: new Date('2020-01-01') });
    const another = await stage.models.Item.create({ file: Buffer.from('abc'), at: new Date('2020-01-01') });
    for (const each of [item, another]) {
      (each.get('file') as Buffer).fill(0);
      (each.get('at') as Date).setFullYear(1999);
    }
    await item.destroy();
    await another.update({ file: Buffer.from('x'), at: new Date('2021-01-01') });
    await stage.check({ created: 2, updated: 1, deleted: 1 });
  });
});
