import { expect } from 'chai';
import { DataTypes, fn } from 'sequelize';
import type { Model, ModelStatic, Sequelize } from 'sequelize';

import { withAudit } from '../../../lib';
import { outcomeOf } from '../../support/outcome';
import { onEveryDatabase } from '../../support/stage';
import { until } from '../../support/until';
import { createWorld } from '../../support/world';
import type { World } from '../../support/world';

const define = (sequelize: Sequelize, name: string): ModelStatic<Model> =>
  sequelize.define(
    name,
    { name: { type: DataTypes.STRING, unique: true }, price: DataTypes.INTEGER },
    { timestamps: false, tableName: name },
  );

const models = (sequelize: Sequelize) => ({
  Item: withAudit(define(sequelize, 'item')),
  Plain: define(sequelize, 'plain'),
  /** A trigger adds a row that refers to each new one, and so locks it. */
  Counted: withAudit(define(sequelize, 'counted')),
  /** A trigger writes names in small letters. */
  Lower: withAudit(define(sequelize, 'lower')),
  /** A trigger leaves out rows without a price. */
  Priced: withAudit(define(sequelize, 'priced')),
  /** The table gives what the model does not know of. */
  Tenant: withAudit(
    sequelize.define(
      'tenant',
      {
        tenant: { type: DataTypes.STRING, unique: 'slug' },
        slug: { type: DataTypes.STRING, unique: 'slug' },
        price: DataTypes.INTEGER,
      },
      { timestamps: false, tableName: 'tenant' },
    ),
  ),
});

const TRIGGERS = `
  ALTER TABLE tenant ALTER tenant SET DEFAULT 'main';
  CREATE TABLE count_of (id int REFERENCES counted (id) ON DELETE CASCADE);
  CREATE FUNCTION count_it() RETURNS trigger AS $$ BEGIN INSERT INTO count_of VALUES (NEW.id); RETURN NEW; END $$ LANGUAGE plpgsql;
  CREATE TRIGGER count_it AFTER INSERT ON counted FOR EACH ROW EXECUTE FUNCTION count_it();
  CREATE FUNCTION lower_it() RETURNS trigger AS $$ BEGIN NEW.name = lower(NEW.name); RETURN NEW; END $$ LANGUAGE plpgsql;
  CREATE TRIGGER lower_it BEFORE INSERT OR UPDATE ON lower FOR EACH ROW EXECUTE FUNCTION lower_it();
  CREATE FUNCTION drop_it() RETURNS trigger AS $$ BEGIN RETURN CASE WHEN NEW.price IS NULL THEN NULL ELSE NEW END; END $$ LANGUAGE plpgsql;
  CREATE TRIGGER drop_it BEFORE INSERT ON priced FOR EACH ROW EXECUTE FUNCTION drop_it();
`;

onEveryDatabase(
  'merges',
  models,
  (stage) => {
    before(() => stage.sequelize.query(TRIGGERS));

    it('of new rows that others refer to at once', async () => {
      const { Counted } = stage.models;
      await Counted.upsert({ name: 'a', price: 1 });
      await Counted.bulkCreate([{ name: 'a', price: 2 }, { name: 'b', price: 2 }], { updateOnDuplicate: ['price'] });
      await stage.sequelize.transaction((transaction) => Counted.upsert({ name: 'c', price: 1 }, { transaction }));
      await stage.check({ created: 3, updated: 1 });
    }); // prettier-ignore

    it('of rows that a trigger makes another of', async () => {
      const { Lower } = stage.models;
      await Lower.upsert({ name: 'a', price: 1 });
      await Lower.upsert({ name: 'A', price: 2 });
      await Lower.bulkCreate([{ name: 'A', price: 3 }, { name: 'B', price: 3 }], { updateOnDuplicate: ['price'] });
      await stage.check({ created: 2, updated: 2 });
    }); // prettier-ignore

    it('of rows that the table makes another of', async () => {
      const { Tenant } = stage.models;
      await Tenant.upsert({ slug: 'a', price: 1 });
      await Tenant.upsert({ slug: 'a', price: 2 });
      await stage.check({ created: 1, updated: 1 });
    });

    it('says what a row holds that was not found, where nothing can be done again', async () => {
      const { Lower } = stage.models;
      await Lower.upsert({ name: 'a', price: 1 });
      await stage.sequelize.transaction((transaction) =>
        Lower.upsert({ name: 'A', price: 2 }, { transaction }),
      );
      const last = (await stage.world.stored()).at(-1)!;
      expect(last).to.include({ event: 'updated', oldValues: null });
      expect(last.newValues).to.include({ name: 'a', price: 2 });
    });

    it('by SQL that must not be evaluated twice', async () => {
      const { Item } = stage.models;
      await Item.upsert({ name: fn('nextval', 'item_id_seq'), price: 1 });
      expect((await Item.create({ name: 'next' })).get('id')).to.equal(3);
      await stage.check({ created: 2 });
    });

    it('of rows that a trigger leaves out', async () => {
      const { Priced } = stage.models;
      await Priced.bulkCreate([{ name: 'a' }, { name: 'b', price: 5 }, { name: 'c', price: 6 }]);
      await stage.check({ created: 2 });
    });

    it('undo nothing that the same transaction writes meanwhile, and do nothing again', async () => {
      const { Item, Plain } = stage.models;
      const first = await stage.sequelize.transaction();
      await stage.sequelize.query("INSERT INTO item (name, price) VALUES ('a', 1)", { transaction: first });
      const second = await stage.sequelize.transaction();
      const both = Promise.all([
        Item.upsert({ name: 'a', price: 2 }, { transaction: second }),
        Plain.create({ name: 'beside' }, { transaction: second }),
      ]);
      await until(() => isWaiting(stage.sequelize), { what: 'the upsert to wait for the other transaction' });
      await first.commit();
      await both;
      await second.commit();
      expect(await Plain.count()).to.equal(1);
      const [audit, ...more] = await stage.world.stored();
      expect(more).to.deep.equal([]);
      expect(audit).to.include({ event: 'updated' });
      expect(audit).to.deep.include({ oldValues: { price: 1 }, newValues: { price: 2 } });
    });

    it('that fail leave the transaction as they would without audit', async () => {
      const script = (model: ModelStatic<Model>) => () =>
        stage.sequelize.transaction(async (transaction) => {
          await model.upsert({ name: 'a', price: 99_999_999_999 }, { transaction }).catch(() => undefined);
          await model.create({ name: 'b' }, { transaction });
        });
      const { Item, Plain } = stage.models;
      const expected = await outcomeOf(script(Plain));
      expect(await outcomeOf(script(Item))).to.deep.equal(expected);
      expect(await Item.count()).to.equal(0);
    });
  },
  { databases: ['postgres'] },
);

describe('merges into what is no ordinary table', () => {
  let world: World;
  before(async () => {
    world = await createWorld('postgres');
    await world.sequelize.query(`
      CREATE TABLE base (id int PRIMARY KEY, price int);
      CREATE VIEW seen AS SELECT * FROM base;
      CREATE TABLE parted (id int PRIMARY KEY, price int) PARTITION BY RANGE (id);
      CREATE TABLE parted_1 PARTITION OF parted FOR VALUES FROM (0) TO (100);
    `);
  });
  beforeEach(() => world.trail.Audit.destroy({ where: {} }));
  after(() => world.dispose());

  for (const [what, tableName] of Object.entries({ 'a view': 'seen', 'a partitioned table': 'parted' })) {
    it(what, async () => {
      const model = withAudit(
        world.sequelize.define(
          tableName,
          { id: { type: DataTypes.INTEGER, primaryKey: true }, price: DataTypes.INTEGER },
          { timestamps: false, tableName },
        ),
      );
      await model.upsert({ id: 1, price: 1 });
      await world.sequelize.transaction(async (transaction) => {
        await model.upsert({ id: 1, price: 2 }, { transaction });
        await model.upsert({ id: 2, price: 2 }, { transaction });
        const both = [{ id: 2, price: 3 }, { id: 3, price: 3 }];
        await model.bulkCreate(both, { updateOnDuplicate: ['price'], transaction });
      });
      const audits = await world.stored();
      expect(audits.map(({ event, auditableId }) => `${event} ${auditableId}`)).to.deep.equal([
        'created 1', 'updated 1', 'created 2', 'updated 2', 'created 3',
      ]);
      expect(audits[3]).to.deep.include({ oldValues: { price: 2 }, newValues: { price: 3 } });
    }); // prettier-ignore
  }
});

async function isWaiting(sequelize: Sequelize): Promise<boolean> {
  const [rows] = await sequelize.query(
    "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
  );
  return rows.length > 0;
}
