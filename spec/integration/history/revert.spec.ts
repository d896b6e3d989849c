import { expect } from 'chai';
import { DataTypes } from 'sequelize';
import type { Model } from 'sequelize';

import { AuditError, runWithAuditContext, withAudit } from '../../../lib';
import type { Audit } from '../../../lib';
import { createWorld, DATABASES } from '../../support/world';
import type { World } from '../../support/world';

const columns = {
  name: { type: DataTypes.STRING, unique: true },
  price: DataTypes.INTEGER,
  details: DataTypes.JSON,
  apiToken: DataTypes.STRING,
};

const define = (world: World, name: string, options: object = {}) =>
  withAudit(world.sequelize.define(name, columns, { timestamps: true, ...options }));

async function errorOf(work: () => Promise<unknown>): Promise<AuditError> {
  const error: unknown = await work().then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).to.be.instanceOf(AuditError);
  return error as AuditError;
}

for (const database of DATABASES) {
  describe(`taking back, on ${database}`, () => {
    let world: World;
    let Product: ReturnType<typeof define>;
    let Marked: ReturnType<typeof define>;

    before(async () => {
      world = await createWorld(database);
      Product = define(world, 'Product');
      Marked = define(world, 'Marked', { paranoid: true });
      await world.sequelize.sync();
    });
    beforeEach(async () => {
      await Product.destroy({ where: {} });
      await Marked.destroy({ where: {}, force: true });
      await world.stored();
      await world.trail.Audit.destroy({ where: {} });
    });
    after(() => world.dispose());

    const last = async (): Promise<Audit> => (await world.stored()).at(-1)!;
    const held = async (instance: Model): Promise<unknown> =>
      (await (instance.constructor as typeof Product).findByPk(instance.get('id') as number))?.get();

    it('an update: its old values, with the reason, and whose change it was', async () => {
      const tea = await Product.create({ name: 'Tea', price: 1, details: { a: [1] } });
      await tea.update({ price: 2, details: { a: [2] } });
      const audit = await last();
      const reverted = await runWithAuditContext({ user: { id: 7 } }, () =>
        audit.revert({ reason: 'a typo' }),
      );
      expect(reverted.event).to.equal('updated');
      expect(reverted.attributes).to.have.members(['price', 'details']);
      expect(await held(tea)).to.deep.include({ price: 1, details: { a: [1] } });
      const record = await last();
      expect(record.context).to.deep.equal({ reason: 'a typo', revertOf: audit.id });
      expect(record.userId).to.equal('7');
      expect(record.newValues).to.deep.include({ price: 1, details: { a: [1] } });
      expect((await audit.revert({ force: true })).event).to.equal(null);
      expect((await last()).id).to.equal(record.id);
      // Taking back what took back.
      await record.revert();
      expect(await held(tea)).to.deep.include({ price: 2 });
    });

    it('no update over which others have written, unless it is forced', async () => {
      const tea = await Product.create({ name: 'Tea', price: 1 });
      await tea.update({ price: 2 });
      const audit = await last();
      await tea.update({ price: 3 });
      const error = await errorOf(() => audit.revert());
      expect(error.code).to.equal('AUDIT_CONFLICT');
      expect(error.message).to.contain('price');
      expect(await held(tea)).to.deep.include({ price: 3 });
      await audit.revert({ force: true });
      expect(await held(tea)).to.deep.include({ price: 1 });
    });

    it('a creation, a deletion, and a deletion again', async () => {
      const tea = await Product.create({ name: 'Tea', price: 1, details: { deep: [{ x: null }] } });
      const id = tea.get('id') as number;
      await (await last()).revert({ values: {} });
      expect(await held(tea)).to.equal(undefined);
      const deletion = await last();
      expect(deletion.event).to.equal('deleted');
      await deletion.revert();
      const back = (await Product.findByPk(id))!;
      expect(back.get()).to.deep.include({ name: 'Tea', price: 1, details: { deep: [{ x: null }] } });
      expect(back.get('createdAt')).to.deep.equal((await Product.findByPk(id))!.get('createdAt'));
      expect((await last()).event).to.equal('created');
      expect((await errorOf(() => deletion.revert())).code).to.equal('AUDIT_CONFLICT');
    });

    it('what marked a record as deleted, and what restored it', async () => {
      const tea = await Marked.create({ name: 'Tea', price: 1 });
      await tea.destroy();
      const deletion = await last();
      expect((await deletion.revert()).event).to.equal('restored');
      expect(await held(tea)).to.deep.include({ deletedAt: null });
      const restoration = await last();
      expect(restoration.event).to.equal('restored');
      expect((await restoration.revert()).event).to.equal('deleted');
      expect(await held(tea)).to.equal(undefined);
      expect((await restoration.revert()).event).to.equal(null);
    });

    it('does not write masked values over real ones', async () => {
      const tea = await Product.create({ name: 'Tea', apiToken: 's3cret' });
      await tea.update({ apiToken: 'other', price: 2 });
      const audit = await last();
      const error = await errorOf(() => audit.revert());
      expect(error.code).to.equal('AUDIT_REVERT');
      expect(error.message).to.contain('"apiToken"');
      expect(await held(tea)).to.deep.include({ apiToken: 'other', price: 2 });
      await audit.revert({ values: { apiToken: 's3cret' } });
      expect(await held(tea)).to.deep.include({ apiToken: 's3cret', price: null });
      expect((await errorOf(() => audit.revert({ values: { apiTokne: '' } }))).message).to.contain(
        '"apiToken"',
      );
    });

    it('an event of the application has nothing to take back, nor has a summary', async () => {
      const tea = await Product.create({ name: 'Tea' });
      await Product.update({ price: 5 }, { where: { name: 'Tea' }, audit: { bulk: 'summary' } });
      const summary = await last();
      expect((await errorOf(() => summary.revert())).code).to.equal('AUDIT_REVERT');
      const own = world.trail.Audit.build({
        ...(await last()).get(),
        event: 'exported',
        auditableId: String(tea.get('id')),
      });
      expect((await errorOf(() => own.revert())).code).to.equal('AUDIT_REVERT');
      const strange = world.trail.Audit.build({ ...(await last()).get(), auditableType: 'Nothing' });
      expect((await errorOf(() => strange.revert())).code).to.equal('AUDIT_NOT_A_MODEL');
      expect((await errorOf(() => summary.revert({ raeson: 'x' } as object))).code).to.equal('AUDIT_OPTION');
    });

    it('in a transaction, which may still be rolled back', async () => {
      const tea = await Product.create({ name: 'Tea', price: 1 });
      await tea.update({ price: 2 });
      const audit = await last();
      const transaction = await world.sequelize.transaction();
      await audit.revert({ transaction });
      await transaction.rollback();
      expect(await held(tea)).to.deep.include({ price: 2 });
      expect((await last()).id).to.equal(audit.id);
    });

    it('by the one connection that a pool has', async () => {
      const small = await createWorld(database, {}, { pool: { max: 1, acquire: 5_000 } });
      try {
        const Small = define(small, 'Small');
        await Small.sync();
        const tea = await Small.create({ name: 'Tea', price: 1 });
        await tea.update({ price: 2 });
        const [created] = await small.stored();
        expect((await tea.revertTo(created!.id)).event).to.equal('updated');
        await tea.destroy();
        await small.stored();
        expect((await Small.undelete(tea.get('id') as number)).get()).to.deep.include({ price: 1 });
      } finally {
        await small.dispose();
      }
    });

    it('to any of its audits, by itself, its id or a moment', async () => {
      const tea = await Product.create({ name: 'Tea', price: 1, apiToken: 'stays' });
      await tea.update({ price: 2 });
      await tea.update({ price: 3, name: 'Green tea' });
      const [created, second] = await world.stored();
      expect((await tea.revertTo(second!, { reason: 'back' })).attributes).to.have.members(['price', 'name']);
      expect(tea.get()).to.deep.include({ price: 2, name: 'Tea', apiToken: 'stays' });
      expect((await last()).context).to.deep.equal({ reason: 'back', revertOf: second!.id });
      await tea.revertTo(created!.id);
      expect(tea.get('price')).to.equal(1);
      await world.stored();
      expect((await tea.revertTo(new Date())).event).to.equal(null);
      await tea.destroy();
      await world.stored();
      const error = await errorOf(() => tea.revertTo(second!));
      expect(error.message).to.contain('"apiToken"');
      expect((await tea.revertTo(second!, { values: { apiToken: 'given' } })).event).to.equal('created');
      expect(await held(tea)).to.deep.include({ price: 2, name: 'Tea', apiToken: 'given' });
    });

    it('to no time at which it was not there, and to no record of another', async () => {
      const tea = await Product.create({ name: 'Tea' });
      const oil = await Product.create({ name: 'Oil' });
      const [first] = await world.stored();
      expect((await errorOf(() => tea.revertTo('2020-01-01'))).code).to.equal('AUDIT_NOT_FOUND');
      expect((await errorOf(() => oil.revertTo(first!))).code).to.equal('AUDIT_NOT_FOUND');
      expect((await errorOf(() => tea.revertTo('0199aaaa-0000-7000-8000-000000000000'))).code).to.equal(
        'AUDIT_NOT_FOUND',
      );
      expect((await errorOf(() => tea.revertTo('tomorrow'))).code).to.equal('AUDIT_QUERY');
    });

    it('a deletion by the key alone', async () => {
      const tea = await Product.create({ name: 'Tea', price: 1 });
      const id = tea.get('id') as number;
      await tea.destroy();
      await world.stored();
      const back = await Product.undelete(id, { reason: 'still needed' });
      expect(back.get()).to.deep.include({ id, name: 'Tea', price: 1 });
      expect((await last()).context).to.include({ reason: 'still needed' });
      expect((await errorOf(() => Product.undelete(id))).code).to.equal('AUDIT_CONFLICT');
      expect((await errorOf(() => Product.undelete(123_456))).code).to.equal('AUDIT_NOT_FOUND');
      const marked = await Marked.create({ name: 'Tea' });
      await marked.destroy();
      await world.stored();
      expect((await Marked.undelete(marked.get('id') as number)).get('deletedAt')).to.equal(null);
    });
  });
}
