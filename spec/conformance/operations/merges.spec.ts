import { expect } from 'chai';
import { DataTypes, fn, Transaction } from 'sequelize';
import type { Sequelize } from 'sequelize';

import { withAudit } from '../../../lib';
import { onEveryDatabase } from '../../support/stage';

/** Upserts and bulk inserts that meet other rows, or other writers, than it seems at first. */
const models = (sequelize: Sequelize) => ({
  Item: withAudit(
    sequelize.define(
      'Item',
      { name: { type: DataTypes.STRING, unique: true }, price: DataTypes.INTEGER },
      { timestamps: false },
    ),
  ),
});

const numbers = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

onEveryDatabase('merges', models, (stage) => {
  it('by a value that the database computes', async () => {
      const { Item } = stage.models;
      const name = fn('lower', 'ABC');
      await Item.upsert({ name, price: 1 });
      await Item.upsert({ name, price: 2 });
      await Item.bulkCreate([{ name, price: 3 }, { name: 'other', price: 3 }], { updateOnDuplicate: ['price'] });
      await stage.sequelize.transaction(async (transaction) => {
        await Item.upsert({ name, price: 4 }, { transaction });
        await Item.bulkCreate([{ name, price: 5 }], { updateOnDuplicate: ['price'], transaction });
      });
      await stage.check({ created: 2, updated: 4 });
    }); // prettier-ignore
});

onEveryDatabase(
  'merges into keys of any case',
  (sequelize) => ({
    Tag: withAudit(
      sequelize.define(
        'Tag',
        { code: { type: sequelize.getDialect() === 'postgres' ? DataTypes.CITEXT : DataTypes.STRING, primaryKey: true }, count: DataTypes.INTEGER },
        { timestamps: false },
      ),
    ),
  }),
  (stage) => {
    it('by a key that the database takes for the same', async () => {
      const { Tag } = stage.models;
      await Tag.bulkCreate([{ code: 'ABC', count: 1 }, { code: 'DEF', count: 1 }]);
      await Tag.upsert({ code: 'abc', count: 2 });
      await Tag.bulkCreate([{ code: 'Abc', count: 3 }, { code: 'def', count: 3 }], { updateOnDuplicate: ['code', 'count'] });
      await Tag.bulkCreate([{ code: 'aBC', count: 4 }], { ignoreDuplicates: true });
      await stage.check({ created: 2, updated: 3 });
    }); // prettier-ignore
  },
  {
    databases: ['postgres', 'mysql', 'mariadb'],
    prepare: (sequelize) =>
      sequelize.getDialect() === 'postgres' ? sequelize.query('CREATE EXTENSION citext') : undefined,
  },
); // prettier-ignore

onEveryDatabase(
  'merges by many writers',
  models,
  (stage) => {
    it('of different rows in transactions: none is in the way of another', async () => {
      const { Item } = stage.models;
      await Item.bulkCreate(numbers(24).map((n) => ({ name: `old ${n}`, price: 0 })));
      const write = (n: number): Promise<unknown> =>
        stage.sequelize.transaction(async (transaction) => {
          await Item.upsert({ name: `new ${n}`, price: 1 }, { transaction });
          await Item.bulkCreate([{ name: `newer ${n}` }, { name: `newest ${n}` }], { ignoreDuplicates: true, transaction });
          const some = [{ name: `old ${n}`, price: 1 }, { name: `old ${n + 12}`, price: 1 }, { name: `last ${n}`, price: 1 }];
          await Item.bulkCreate(some, { updateOnDuplicate: ['price'], transaction });
        });
      await Promise.all(numbers(12).map(write));
      await stage.check({ created: 72, updated: 24 }, { order: 'any' });
    });

    it('of the same row in transactions: each writes', async () => {
      const { Item } = stage.models;
      await Promise.all(
        numbers(12).map((price) => stage.sequelize.transaction((transaction) => Item.upsert({ name: 'a', price }, { transaction }))),
      );
      const audits = await stage.world.stored();
      expect(audits.map(({ event }) => event).sort()).to.deep.equal(['created', ...Array<string>(11).fill('updated')]);
    });

    it('of a row that another has inserted since it was looked for: what that one left is the old value', async () => {
      const { Item } = stage.models;
      const write = async (name: string, merge: (options: MergeOptions) => Promise<unknown>): Promise<void> => {
        await stage.sequelize.transaction(async (transaction) => {
          await Item.create({ name: `before ${name}` }, { transaction });
          const other = await stage.sequelize.transaction();
          await Item.create({ name, price: 1 }, { transaction: other });
          let commit: Promise<void> | undefined;
          // Said when it is sent: from then on it is only the other's insert that it waits for.
          const logging = (sql: string): void => {
            if (sql.includes('INSERT')) commit ??= other.commit();
          };
          await merge({ transaction, logging });
          await commit;
        });
      };
      await write('met 1', (options) => Item.upsert({ name: 'met 1', price: 2 }, options));
      await write('met 2', (options) => Item.bulkCreate([{ name: 'met 2', price: 2 }, { name: 'met 3' }], { updateOnDuplicate: ['price'], ...options }));
      await stage.check({ created: 5, updated: 2 }, { order: 'any' });
    });
  },
  { databases: ['postgres', 'mysql', 'mariadb'], sequelize: { pool: { max: 6 } } },
); // prettier-ignore

interface MergeOptions {
  readonly transaction: Transaction;
  readonly logging: (sql: string) => void;
}

onEveryDatabase(
  'merges where the application wants another level of isolation',
  models,
  (stage) => {
    it('for transactions of its own, not for ours', async () => {
      const { Item } = stage.models;
      await Promise.all(numbers(30).map((price) => Item.upsert({ name: `n${price % 3}`, price: price + 1 })));
      await stage.check({ created: 3, updated: 27 }, { order: 'any' });
    });
  },
  {
    databases: ['postgres', 'mysql', 'mariadb'],
    sequelize: { isolationLevel: Transaction.ISOLATION_LEVELS.SERIALIZABLE, pool: { max: 6 } },
  },
);

onEveryDatabase(
  'keys that the server makes in steps',
  (sequelize) => ({
    Item: models(sequelize).Item,
    Product: withAudit(sequelize.define('Product', { name: DataTypes.STRING }, { timestamps: false })),
  }),
  (stage) => {
    it('are those of the rows', async () => {
      const { Item, Product } = stage.models;
      await Product.bulkCreate([{ name: 'a' }, { name: 'b' }, { name: 'c' }]);
      await Product.bulkCreate([{ name: 'd' }, { name: 'e' }], { ignoreDuplicates: true });
      await Product.upsert({ name: 'f' });
      await Item.bulkCreate([{ name: 'a' }, { name: 'b' }], { updateOnDuplicate: ['price'] });
      await stage.check({ created: 8 });
      const keys = (await Product.findAll({ order: ['id'] })).map((product) => product.get('id') as number);
      expect(keys[1]! - keys[0]!).to.equal(3);
    });
  },
  { databases: ['mysql', 'mariadb'], sequelize: { hooks: { afterConnect: countInSteps } } },
);

/** Of mysql2 with a callback, of MariaDB's driver with a promise. */
async function countInSteps(connection: unknown): Promise<void> {
  const { query } = connection as { query: (sql: string, done?: (error: unknown) => void) => unknown };
  const sql = 'SET SESSION auto_increment_increment = 3, SESSION auto_increment_offset = 1';
  await new Promise<void>((resolve, reject) => {
    const done = (error: unknown): void => (error instanceof Error ? reject(error) : resolve());
    const answer = query.call(connection, sql, done);
    if (answer instanceof Promise) answer.then(() => resolve(), reject);
  });
}
