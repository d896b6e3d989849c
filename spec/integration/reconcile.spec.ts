import { expect } from 'chai';
import { DataTypes } from 'sequelize';
import type { Model, ModelStatic } from 'sequelize';

import { withAudit, withoutAudit } from '../../lib';
import type { Difference, ModelReport } from '../../lib/reconcile/report';
import { reconciliationsOf } from '../../lib/reconcile/reconcile';
import type { ReconcileOptions } from '../../lib/reconcile/reconcile-model';
import { createWorld, DATABASES } from '../support/world';
import type { World } from '../support/world';

type AnyModel = ModelStatic<Model>;

async function compare(
  world: World,
  model: string,
  options: ReconcileOptions = {},
): Promise<{ report: ModelReport; differences: Difference[] }> {
  await world.stored();
  const differences: Difference[] = [];
  const [only] = reconciliationsOf(world.sequelize, world.trail, [model]);
  const onDifference = (difference: Difference): void => void differences.push(difference);
  return { report: await only!.begin({ ...options, onDifference }).run(), differences };
}

/** Values of every kind, with secrets, JSON with secrets, and a mark of deletion. */
function defineThing(world: World): AnyModel {
  const extra =
    world.sequelize.getDialect() === 'postgres'
      ? { list: DataTypes.ARRAY(DataTypes.INTEGER), span: DataTypes.RANGE(DataTypes.INTEGER) }
      : {};
  return withAudit(
    world.sequelize.define(
      'Thing',
      {
        name: DataTypes.STRING,
        size: DataTypes.INTEGER,
        price: DataTypes.DECIMAL(12, 2),
        big: DataTypes.BIGINT,
        isOn: DataTypes.BOOLEAN,
        day: DataTypes.DATEONLY,
        at: DataTypes.DATE(6),
        bytes: DataTypes.BLOB,
        about: DataTypes.JSON,
        password: DataTypes.STRING,
        ...extra,
      },
      { paranoid: true },
    ),
  );
}

const values = (n: number): Record<string, unknown> => ({
  name: `thing ${n} ☕`,
  size: n,
  price: `${n}.10`,
  big: `90071992547409${n}`,
  isOn: n % 2 === 0,
  day: '2026-02-03',
  at: new Date(1_700_000_000_123 + n),
  bytes: Buffer.from([0, n, 255]),
  about: { b: [n], a: { token: `secret ${n}`, deep: 'x' } },
  password: `secret ${n}`,
});

for (const database of DATABASES) {
  describe(`The trail against the rows, on ${database}`, function () {
    this.timeout(60_000);
    let world: World;

    beforeEach(async () => {
      world = await createWorld(database);
    });
    afterEach(() => world.dispose());

    const raw = (sql: string): Promise<unknown> => {
      const quoted = database === 'mysql' || database === 'mariadb' ? sql.replaceAll('"', '`') : sql;
      return world.sequelize.query(quoted);
    };

    it('matches after all kinds of writes, of values of all types', async () => {
      const Thing = defineThing(world);
      await world.sequelize.sync();
      const [first, second, third] = await Promise.all([1, 2, 3].map((n) => Thing.create(values(n))));
      await Thing.bulkCreate(Array.from({ length: 620 }, (_, n) => values(n + 4)));
      await first!.update({ size: 100, about: { b: [], a: { token: 'another', deep: 'y' } } });
      await first!.increment('size', { by: 5 });
      await second!.destroy();
      await third!.destroy({ force: true });
      await Thing.update({ name: 'x'.repeat(200) }, { where: { size: [10, 11, 12] } });
      await second!.restore();
      await Thing.destroy({ where: { size: [20, 21] } });
      await Thing.create({ name: null });
      const { report, differences } = await compare(world, 'Thing');
      expect(differences).to.deep.equal([]);
      expect(report).to.include({ rows: 623, matching: 623, different: 0, gone: 0, notInTrail: 0 });
      expect(report).to.include({ reordered: 0, unknown: 0, unchecked: 0, hasSummaries: false });
    });

    it('tells each way in which they can part, and shows no secret', async () => {
      const Thing = defineThing(world);
      await world.sequelize.sync();
      for (let n = 1; n <= 7; n++) await Thing.create(values(n));
      await world.stored();
      await raw(`UPDATE "Things" SET "price" = 99.90, "password" = 'another secret' WHERE "id" = 1`);
      await raw('DELETE FROM "Things" WHERE "id" = 2');
      // A record that never came.
      await withoutAudit(() => Thing.update({ size: 70 }, { where: { id: 3 } }));
      await Thing.update({ size: 71 }, { where: { id: 3 } });
      await withoutAudit(() => Thing.create({ ...values(8), id: 100 }));
      await Thing.destroy({ where: { id: 4 }, force: true });
      await withoutAudit(() => Thing.create({ ...values(4), id: 4 }));
      await withoutAudit(() => Thing.destroy({ where: { id: 5 }, force: true }));
      await Thing.create({ ...values(5), id: 5 });
      const { report, differences } = await compare(world, 'Thing');
      expect(report).to.include({ rows: 7, matching: 2, different: 5, gone: 1, notInTrail: 1 });
      const told = differences.map(({ key, kind, attribute, row, trail }) => [
        key,
        kind,
        attribute,
        row,
        trail,
      ]);
      expect(told).to.have.deep.members([
        ['1', 'value', 'price', '99.90', '1.10'],
        ['2', 'gone', null, null, null],
        ['3', 'gap', 'size', 70, 3],
        // The statement without a record has moved updatedAt as well: below.
        ['4', 'deleted', null, null, null],
        ['5', 'recreated', null, null, null],
        ...differences
          .filter(({ attribute }) => attribute === 'updatedAt')
          .map(({ key, kind, attribute, row, trail }) => [key, kind, attribute, row, trail]),
      ]);
      expect(JSON.stringify(differences)).to.not.contain('secret');
    });

    it('judges rows without a record only if they are newer than a time that is given', async () => {
      const Thing = defineThing(world);
      await world.sequelize.sync();
      await withoutAudit(() => Thing.create(values(1)));
      await Thing.create(values(2));
      const anyTime = await compare(world, 'Thing');
      expect(anyTime.report).to.include({ rows: 2, matching: 1, notInTrail: 1, different: 0 });
      const later = await compare(world, 'Thing', { since: Date.now() + 60_000 });
      expect(later.report).to.include({ notInTrail: 1, different: 0 });
      const earlier = await compare(world, 'Thing', { since: Date.now() - 60_000 });
      expect(earlier.report).to.include({ notInTrail: 0, different: 1 });
      expect(earlier.differences.map(({ kind, key }) => [kind, key])).to.deep.equal([['unrecorded', '1']]);
    });

    it('takes what pruned records told for unknown, not for wrong', async () => {
      const Thing = defineThing(world);
      await world.sequelize.sync();
      const thing = await Thing.create(values(1));
      await thing.update({ size: 2 });
      await world.stored();
      await world.trail.Audit.destroy({ where: { event: 'created' } });
      await thing.update({ name: 'later', size: 3 });
      const { report } = await compare(world, 'Thing');
      expect(report).to.include({ rows: 1, matching: 1, different: 0 });
      expect(report.unknown).to.be.greaterThan(5);
    });

    it('follows keys of several attributes, of texts, and keys that change', async () => {
      const Line = withAudit(
        world.sequelize.define(
          'Line',
          {
            orderId: { type: DataTypes.INTEGER, primaryKey: true },
            product: { type: DataTypes.STRING(50), primaryKey: true },
            amount: DataTypes.INTEGER,
          },
          { timestamps: false },
        ),
      );
      await world.sequelize.sync();
      await Line.bulkCreate([
        { orderId: 1, product: "it's", amount: 1 },
        { orderId: 1, product: 'tea ☕', amount: 2 },
        { orderId: 2, product: 'moved', amount: 3 },
        { orderId: 10, product: 'gone', amount: 4 },
      ]);
      await Line.update({ orderId: 3 }, { where: { orderId: 2 } });
      await Line.create({ orderId: 2, product: 'moved', amount: 5 });
      const whole = await compare(world, 'Line');
      expect(whole.differences).to.deep.equal([]);
      expect(whole.report).to.include({ rows: 5, matching: 5 });
      await raw('DELETE FROM "Lines" WHERE "orderId" = 10');
      const { differences } = await compare(world, 'Line');
      expect(differences.map(({ kind, key }) => [kind, key])).to.deep.equal([
        ['gone', '{"orderId":"10","product":"gone"}'],
      ]);
    });

    it('compares what the trail has cut by its digest', async () => {
      const LONG_TEXT = ['mysql', 'mariadb'].includes(database) ? DataTypes.TEXT('long') : DataTypes.TEXT;
      const Text = withAudit(
        world.sequelize.define('Text', { body: LONG_TEXT, more: LONG_TEXT }, { timestamps: false }),
      );
      await world.sequelize.sync();
      // One too long for itself; two that are too long together.
      await Text.create({ body: 'a'.repeat(1_100_000), more: 'b' });
      await Text.create({ body: 'c'.repeat(1_040_000), more: '"'.repeat(1_040_000) });
      expect((await compare(world, 'Text')).report).to.include({ matching: 2, different: 0, unknown: 0 });
      await raw(`UPDATE "Texts" SET "body" = 'd'`);
      expect((await compare(world, 'Text')).report).to.include({ matching: 0, different: 2 });
    });

    it('knows records that are out of order from records that are missing', async () => {
      const Counter = withAudit(
        world.sequelize.define('Counter', { n: DataTypes.INTEGER }, { timestamps: false }),
      );
      await world.sequelize.sync();
      const counter = await Counter.create({ n: 0 });
      for (let n = 1; n <= 4; n++) await counter.update({ n });
      const audits = await world.stored();
      const swap = async (a: number, b: number): Promise<void> => {
        const [one, two] = [audits[a]!, audits[b]!];
        const { oldValues, newValues } = one;
        await one.update({ oldValues: two.oldValues, newValues: two.newValues });
        await two.update({ oldValues, newValues });
      };
      await swap(2, 4);
      const { report, differences } = await compare(world, 'Counter');
      expect(differences).to.deep.equal([]);
      expect(report).to.include({ matching: 1, reordered: 1, different: 0 });
      await world.trail.Audit.destroy({ where: { id: audits[3]!.id } });
      expect((await compare(world, 'Counter')).report).to.include({ matching: 0, different: 1 });
    });
  });
}
