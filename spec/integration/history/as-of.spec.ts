import { expect } from 'chai';
import { DataTypes, literal, Op } from 'sequelize';
import type { Model, WhereOptions } from 'sequelize';

import { AuditError, compare, withAudit } from '../../../lib';
import type { Audit } from '../../../lib';
import { until } from '../../support/until';
import { createWorld, DATABASES } from '../../support/world';
import type { World } from '../../support/world';

const columns = {
  name: DataTypes.STRING,
  price: DataTypes.DECIMAL(10, 2),
  stock: DataTypes.INTEGER,
  details: DataTypes.JSON,
  soldAt: DataTypes.DATE,
  apiToken: DataTypes.STRING,
};

/** A model whose history the specs read; `define` makes a new table of it. */
const define = (world: World) =>
  withAudit(world.sequelize.define('Product', columns, { paranoid: true, timestamps: true }));

/** A moment after all that has happened, and before all that will. */
async function now(): Promise<Date> {
  const begun = Date.now();
  await until(() => Date.now() > begun, { what: 'the next millisecond', intervalMs: 1 });
  const moment = new Date();
  await until(() => Date.now() > moment.getTime() + 1, { what: 'the next millisecond', intervalMs: 1 });
  return moment;
}

async function errorOf(work: Promise<unknown>): Promise<AuditError> {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).to.be.instanceOf(AuditError);
  return error as AuditError;
}

const names = (found: readonly Model[]): string[] => found.map((each) => each.get('name') as string).sort();

for (const database of DATABASES) {
  describe(`what a record was like, on ${database}`, () => {
    let world: World;
    let Product: ReturnType<typeof define>;

    before(async () => {
      world = await createWorld(database);
      Product = define(world);
      await world.sequelize.sync();
    });
    beforeEach(async () => {
      await Product.destroy({ where: {}, force: true });
      await world.stored();
      await world.trail.Audit.destroy({ where: {} });
    });
    after(() => world.dispose());

    it('is told for each moment of its life, and after it', async () => {
      const unborn = await now();
      const soldAt = new Date('2026-03-01T10:20:30.456Z');
      const tea = await Product.create({ name: 'Tea', price: '1.10', details: { a: [1, { b: 2 }] }, soldAt });
      const first = await now();
      await tea.update({ price: '1.20', details: { a: [1, { b: 3 }] } });
      const second = await now();
      await tea.destroy();
      const marked = await now();
      await tea.restore();
      await tea.destroy({ force: true });
      await world.stored();

      expect(await tea.asOf(unborn)).to.equal(null);
      const atFirst = (await tea.asOf(first))!;
      expect(atFirst).to.be.instanceOf(Product);
      expect(atFirst.get('price')).to.equal('1.10');
      expect(atFirst.get('details')).to.deep.equal({ a: [1, { b: 2 }] });
      expect(atFirst.get('soldAt')).to.deep.equal(
        database === 'mysql' || database === 'mariadb' ? new Date('2026-03-01T10:20:30Z') : soldAt,
      );
      expect((await tea.asOf(second.toISOString()))!.get('price')).to.equal('1.20');
      expect((await tea.asOf(marked.getTime()))!.get('deletedAt')).to.be.instanceOf(Date);
      expect(await tea.asOf(new Date())).to.equal(null);
      const changed = compare(await tea.asOf(first), await tea.asOf(second)).map(({ path }) =>
        path.join('.'),
      );
      // MySQL and MariaDB keep whole seconds of updatedAt.
      expect(changed.filter((path) => path !== 'updatedAt')).to.have.members(['price', 'details.a.1.b']);
    });

    it('holds at the moment of a record what that has written', async () => {
      const tea = await Product.create({ name: 'Tea', stock: 1 });
      await now();
      await tea.update({ stock: 2 });
      await now();
      await tea.update({ stock: 3 });
      const audits = await world.stored();
      for (const [index, { createdAt }] of audits.entries()) {
        expect((await tea.asOf(createdAt))!.get('stock')).to.equal(index + 1);
      }
    });

    it('can be read with getters and methods, and not written', async () => {
      const tea = await Product.create({ name: 'Tea', stock: 1 });
      await world.stored();
      const past = (await tea.asOf(new Date()))!;
      expect(past.toJSON()).to.include({ name: 'Tea', stock: 1 });
      past.set('stock', 5);
      for (const write of [
        () => past.save(),
        () => past.update({ stock: 9 }),
        () => past.destroy(),
        () => past.reload(),
      ]) {
        expect((await errorOf(write())).code).to.equal('AUDIT_PAST');
      }
      expect((await Product.findByPk(tea.get('id') as number))!.get('stock')).to.equal(1);
    });

    it('comes from the row where the trail begins too late', async () => {
      const tea = await Product.create({ name: 'Tea', stock: 1, apiToken: 's3cret' });
      await world.stored();
      await world.trail.Audit.destroy({ where: {} });
      const before = await now();
      await tea.update({ stock: 2 });
      await world.stored();
      const past = (await tea.asOf(before))!;
      expect(past.get('stock')).to.equal(1);
      expect(past.get('name')).to.equal('Tea');
      // As the trail would have it.
      expect(past.get('apiToken')).to.equal('[redacted]');
      // Before the row says it was made.
      expect(await tea.asOf('2020-01-01')).to.not.equal(null);
      await world.trail.Audit.destroy({ where: {} });
      expect(await tea.asOf('2020-01-01')).to.equal(null);
    });

    it('is told of a whole model, with what has been deleted since', async () => {
      const tea = await Product.create({ name: 'Tea', price: '1.10', stock: 10 });
      const oil = await Product.create({ name: 'Oil', price: '7.00', stock: 20 });
      await Product.create({ name: 'Salt', price: '3.00', stock: 30 });
      const marked = await Product.create({ name: 'Marked', stock: 40 });
      await marked.destroy();
      const then = await now();
      await tea.update({ name: 'Green tea', stock: 11 });
      await oil.destroy({ force: true });
      await Product.create({ name: 'Late', stock: 10 });
      await marked.restore();
      await world.stored();

      expect(names(await Product.asOf(then))).to.deep.equal(['Oil', 'Salt', 'Tea']);
      expect(names(await Product.asOf(then, { paranoid: false }))).to.deep.equal([
        'Marked',
        'Oil',
        'Salt',
        'Tea',
      ]);
      const found = async (where: WhereOptions): Promise<string[]> =>
        names(await Product.asOf(then, { where }));
      expect(await found({ name: 'Tea' })).to.deep.equal(['Tea']);
      expect(await found({ name: 'Green tea' })).to.deep.equal([]);
      expect(await found({ stock: { [Op.gte]: 20 } })).to.deep.equal(['Oil', 'Salt']);
      expect(await found({ stock: [10, 30] })).to.deep.equal(['Salt', 'Tea']);
      expect(await found({ price: { [Op.between]: ['1.1', '3'] } })).to.deep.equal(['Salt', 'Tea']);
      expect(await found({ price: 1.1 })).to.deep.equal(['Tea']);
      expect(await found({ name: { [Op.like]: '_e%' } })).to.deep.equal(['Tea']);
      expect(await found({ [Op.or]: [{ name: 'Oil' }, { stock: { [Op.lt]: 11 } }] })).to.deep.equal([
        'Oil',
        'Tea',
      ]);
      expect(await found({ [Op.not]: { name: 'Oil' } })).to.deep.equal(['Salt', 'Tea']);
      expect(await found({ id: oil.get('id') })).to.deep.equal(['Oil']);
      expect(await found({ soldAt: null, name: { [Op.ne]: 'Oil' } })).to.deep.equal(['Salt', 'Tea']);
      // As in SQL, null is not unlike anything.
      for (const operator of [Op.ne, Op.not]) {
        expect(await found({ soldAt: { [operator]: new Date() } })).to.deep.equal([]);
        expect(await found({ soldAt: { [operator]: null } })).to.deep.equal([]);
      }
      expect(names(await Product.asOf(new Date()))).to.deep.equal(['Green tea', 'Late', 'Marked', 'Salt']);
    });

    it('says what it cannot look for', async () => {
      expect((await errorOf(Product.asOf('yesteryear'))).code).to.equal('AUDIT_QUERY');
      const misspelt = [
        Product.asOf(new Date(), { wher: { name: 'Tea' } } as never),
        Product.build({ id: 1 }).asOf(new Date(), { transactoin: null } as never),
      ];
      for (const refused of misspelt) {
        const { code, message } = await errorOf(refused);
        expect(code).to.equal('AUDIT_OPTION');
        expect(message).to.match(/Did you mean "(where|transaction)"\?/);
      }
      expect((await errorOf(Product.asOf(new Date(), { where: { nmae: 'Tea' } }))).message).to.contain(
        '"name"',
      );
      expect((await errorOf(Product.asOf(new Date(), { where: { name: literal('1') } }))).code).to.equal(
        'AUDIT_QUERY',
      );
      const regexp = { where: { name: { [Op.regexp]: 'T' } } };
      expect((await errorOf(Product.asOf(new Date(), regexp))).message).to.contain('regexp');
      expect((await errorOf(Product.build({ name: 'new' }).asOf(new Date()))).code).to.equal('AUDIT_QUERY');
    });

    it('reaches through changed keys and columns that have gone', async () => {
      const Place = withAudit(
        world.sequelize.define(
          'Place',
          {
            code: { type: DataTypes.STRING(20), primaryKey: true },
            name: DataTypes.STRING,
            old: DataTypes.STRING,
          },
          { timestamps: false },
        ),
      );
      await Place.sync();
      const place = await Place.create({ code: 'a', name: 'A', old: 'x' });
      const first = await now();
      await Place.update({ code: 'b' }, { where: { code: 'a' } });
      const second = await now();
      await Place.update({ name: 'B' }, { where: { code: 'b' } });
      await world.stored();
      Place.removeAttribute('old');
      const renamed = (await Place.findByPk('b'))!;
      expect((await renamed.asOf(first))!.get()).to.deep.equal({ code: 'a', name: 'A', old: 'x' });
      expect((await renamed.asOf(second))!.get()).to.deep.equal({ code: 'b', name: 'A', old: 'x' });
      expect((await place.asOf(first))!.get('code')).to.equal('a');
      await Place.drop();
    });

    it('is found by large numbers, all of whose digits count', async () => {
      const count = { type: DataTypes.BIGINT };
      const Count = withAudit(world.sequelize.define('Count', { count }, { timestamps: false }));
      await Count.sync();
      await Count.create({ count: '9007199254740993' });
      await world.stored();
      const above = (least: string) => Count.asOf(new Date(), { where: { count: { [Op.gt]: least } } });
      expect(await above('9007199254740992')).to.have.length(1);
      expect(await above('9007199254740993')).to.have.length(0);
      await Count.drop();
    });

    it('is told once of a row whose key has changed since, and of each that has had the key', async () => {
      const Spot = withAudit(
        world.sequelize.define(
          'Spot',
          { code: { type: DataTypes.STRING(20), primaryKey: true }, name: DataTypes.STRING },
          { timestamps: false },
        ),
      );
      await Spot.sync();
      await Spot.create({ code: 'a', name: 'A' });
      await Spot.create({ code: 'b', name: 'B' });
      await Spot.create({ code: 'c', name: 'C' });
      const first = await now();
      await Spot.update({ name: 'A2' }, { where: { code: 'a' } });
      await Spot.destroy({ where: { code: 'b' } });
      await Spot.update({ code: 'b' }, { where: { code: 'a' } });
      await Spot.update({ name: 'A3' }, { where: { code: 'b' } });
      await Spot.create({ code: 'a', name: 'D' });
      await world.stored();
      const found = await Spot.asOf(first);
      const past = found.map((each) => each.get() as unknown);
      expect(past).to.have.deep.members([
        { code: 'a', name: 'A' },
        { code: 'b', name: 'B' },
        { code: 'c', name: 'C' },
      ]);
      await Spot.drop();
    });

    it('is not told of the rows of a tenant, whose records do not say so', async () => {
      const Tenant = Product.schema('tenant') as typeof Product;
      const tea = Tenant.build({ id: 1, name: 'Tea' });
      const asked = [
        Tenant.asOf(new Date()),
        tea.asOf(new Date()),
        tea.revertTo(new Date()),
        Tenant.undelete(1),
      ];
      for (const refused of asked) {
        const { code, message } = await errorOf(refused);
        expect(code).to.equal('AUDIT_QUERY');
        expect(message).to.contain('tenant').and.contain('without schema()');
      }
      const Scoped = Product.scope(null as never) as typeof Product;
      expect(await Scoped.asOf(new Date())).to.deep.equal([]);
    });

    it('is told by the trail alone, where no model is at hand', async () => {
      const tea = await Product.create({ name: 'Tea', stock: 1 });
      const then = await now();
      await tea.update({ stock: 2 });
      const audits: Audit[] = await world.stored();
      const id = String(tea.get('id'));
      const state = await world.trail.history.stateAt({ model: 'Product', id, at: then });
      expect(state).to.include({ exists: true, isComplete: true });
      expect(state.values).to.include({ name: 'Tea', stock: 1 });
      expect(state.audit?.id).to.equal(audits[0]!.id);
      const after = await world.trail.history.stateAt({ model: 'Product', id, at: audits[1]! });
      expect(after.values).to.include({ stock: 2 });
      const oil = await Product.create({ name: 'Oil', stock: 9 });
      await tea.update({ stock: 3 });
      const ofOil = (await world.stored())[2]!;
      expect(ofOil.auditableId).to.equal(String(oil.get('id')));
      const meanwhile = await world.trail.history.stateAt({ model: 'Product', id, at: ofOil });
      expect(meanwhile.values).to.include({ name: 'Tea', stock: 2 });
      expect(meanwhile.audit?.id).to.equal(audits[1]!.id);
      const nobody = await world.trail.history.stateAt({ model: 'Product', id: 'nobody', at: then });
      expect(nobody).to.include({ exists: undefined, values: null, audit: null });
    });
  });
}
