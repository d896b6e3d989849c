import { expect } from 'chai';
import { DataTypes, Sequelize } from 'sequelize';
import type { Model, ModelStatic } from 'sequelize';

import { canonical } from '../support/oracle/expected';
import { expectTrail } from '../support/oracle/expect-trail';
import type { TrailRecord } from '../support/oracle/expect-trail';
import { Oracle } from '../support/oracle/oracle';
import { replay, rowsOf } from '../support/oracle/replay';
import { markNow, settled } from '../support/random/windows';
import { DATABASES, newDatabase } from '../support/world';

/** The oracle judges all other specs of this folder; here it is judged itself, without the trail. */
for (const database of DATABASES) {
  describe(`the oracle on ${database}`, () => {
    let sequelize: Sequelize;
    let drop: () => Promise<void>;
    let Thing: ModelStatic<Model>;
    let Note: ModelStatic<Model>;
    let oracle: Oracle;

    before(async () => {
      const created = await newDatabase(database);
      ({ drop } = created);
      sequelize = new Sequelize(created.options);
      Thing = sequelize.define(
        'Thing',
        {
          id: { type: DataTypes.INTEGER, primaryKey: true },
          big: DataTypes.BIGINT,
          price: { type: DataTypes.DECIMAL(20, 4), field: 'unit price' },
          ratio: DataTypes.DOUBLE,
          open: DataTypes.BOOLEAN,
          name: DataTypes.STRING,
          at: DataTypes.DATE(database === 'sqlite' ? undefined : 6),
          day: DataTypes.DATEONLY,
          data: DataTypes.JSON,
          bytes: DataTypes.BLOB,
        },
        { timestamps: false },
      );
      Note = sequelize.define('Note', { text: DataTypes.STRING, deletedAt: DataTypes.DATE }, {
        paranoid: true, timestamps: true, createdAt: false, updatedAt: false,
      }); // prettier-ignore
      await sequelize.sync();
      oracle = await Oracle.install(sequelize, [Thing, Note]);
    });
    beforeEach(async () => {
      await sequelize.query(`DELETE FROM ${database === 'postgres' ? '"Things"' : 'Things'}`);
      await sequelize.query(`DELETE FROM ${database === 'postgres' ? '"Notes"' : 'Notes'}`);
      await oracle.clear();
    });
    after(async () => {
      await sequelize.close();
      await drop();
    });

    const hostile = `O'Hara";\\ %\t\n\r \u{1f375} é`;
    const full = {
      id: 1, big: '9223372036854775807', price: '123456789012.1200', ratio: 0.1, open: true, name: hostile,
      at: new Date('2024-02-29T23:59:59.123Z'), day: '2024-02-29', data: { b: [1, null], a: { c: '"' } },
      bytes: Buffer.from([0, 255, 39]),
    }; // prettier-ignore

    it('tells every column exactly', async () => {
      await Thing.create(full);

      const [change, another] = await oracle.changes();
      expect(another).to.equal(undefined);
      expect(change).to.include({ model: Thing, operation: 'insert', oldRow: null });
      expect(canonical(Thing, change!.newRow)).to.deep.equal({
        id: '1', big: '9223372036854775807', price: '123456789012.12', ratio: '0.1', open: 'true', name: hostile,
        at: '2024-02-29T23:59:59.123000Z', day: '2024-02-29', data: '{"a":{"c":"\\""},"b":[1,null]}', bytes: '00ff27',
      }); // prettier-ignore
      expect(await oracle.dump(Thing)).to.deep.equal([change!.newRow]);
    });

    it('tells nulls', async () => {
      await Thing.create({ id: 1 });

      const [change] = await oracle.changes();
      const { id, ...others } = change!.newRow!;
      expect(id).to.equal('1');
      expect(new Set(Object.values(others))).to.deep.equal(new Set([null]));
    });

    it('tells updates and deletes with the row before, in order, and no update that changes nothing', async () => {
      await Thing.bulkCreate([
        { id: 1, name: 'a' },
        { id: 2, name: 'b' },
      ]);
      await Thing.update({ name: 'b' }, { where: {} });
      await Thing.destroy({ where: { id: 1 } });

      const changes = await oracle.changes();
      expect(
        changes.map(({ operation, oldRow, newRow }) => [operation, oldRow?.['name'], newRow?.['name']]),
      ).to.deep.equal([
        ['insert', undefined, 'a'],
        ['insert', undefined, 'b'],
        ['update', 'a', 'b'],
        ['delete', 'b', undefined],
      ]);
    });

    it('knows nothing of what is rolled back, in a transaction or to a savepoint', async () => {
      const transaction = await sequelize.transaction();
      await Thing.create({ id: 1 }, { transaction });
      await transaction.rollback();
      await sequelize.transaction(async (root) => {
        const savepoint = await sequelize.transaction({ transaction: root });
        await Thing.create({ id: 2 }, { transaction: savepoint });
        await savepoint.rollback();
        await Thing.create({ id: 3 }, { transaction: root });
      });

      expect((await oracle.changes()).map(({ newRow }) => newRow?.['id'])).to.deep.equal(['3']);
    });

    it('tells the rows that TRUNCATE deletes, unless that is undone', async () => {
      for (const id of [1, 2]) await Thing.create({ id, name: `n${id}` });
      if (sequelize.getDialect() === 'postgres') {
        const transaction = await sequelize.transaction();
        await Thing.truncate({ transaction });
        await transaction.rollback();
      }
      const last = await oracle.last();
      await oracle.tellTruncation(Thing);
      await Thing.truncate();

      const deleted = (await oracle.changes()).slice(2);
      expect(deleted.map(({ operation }) => operation)).to.deep.equal(['delete', 'delete']);
      expect(deleted.map(({ oldRow }) => oldRow?.['name'])).to.have.members(['n1', 'n2']);
      await oracle.forget(last);
      expect(await oracle.changes()).to.have.length(2);
    });

    it('does not change what the application gets', async () => {
      const note = await Note.create({ text: 'a' });
      const second = await Note.create({ text: 'b' });
      expect(second.get('id')).to.equal(Number(note.get('id')) + 1);
      expect(await Note.update({ text: 'c' }, { where: {} })).to.deep.equal([2]);
      expect(await Note.destroy({ where: {}, force: true })).to.equal(2);
    });

    it('accepts a right trail and refuses each wrong one, naming what is wrong', async () => {
      await Thing.create(full);
      await Thing.update({ big: '7', name: 'x' }, { where: {} });
      const changes = await oracle.changes();
      const values = { ...full, at: '2024-02-29T23:59:59.123Z' };
      const created = record('created', '1', null, values);
      const oldValues = { big: '9223372036854775807', name: hostile };
      const updated = record('updated', '1', oldValues, { big: '7', name: 'x' });
      expectTrail([created, updated], changes);

      const wrong: [TrailRecord[], string][] = [
        [[], 'no record for created'],
        [[created], 'no record for updated'],
        [[updated, created], 'event: should be created'],
        [[created, updated, updated], 'one record too many'],
        [[created, { ...updated, auditableId: '2' }], 'no record for updated'],
        [[created, { ...updated, auditableType: 'Other' }], 'no record for updated'],
        [[created, { ...updated, newValues: { big: '8', name: 'x' } }], 'newValues.big: should be "7", is "8"'],
        [[created, { ...updated, newValues: { big: 7, name: 'x' } }], 'a string of digits'],
        [[created, { ...updated, newValues: { big: '7' } }], 'newValues.name: should be "x", is not there'],
        [[created, { ...updated, newValues: { big: '7', name: 'x', id: 1 } }], 'newValues.id: should not be there'],
        [[created, { ...updated, oldValues: null }], 'oldValues: should be'],
        [[{ ...created, newValues: { ...values, price: '123456789012.13' } }, updated], 'newValues.price'],
        [[{ ...created, newValues: { ...values, at: '2024-02-29T23:59:59Z' } }, updated], 'newValues.at'],
        [[{ ...created, newValues: { ...values, open: 1 } }, updated], 'newValues.open'],
        [[{ ...created, newValues: { ...values, data: '{}' } }, updated], 'newValues.data'],
        [[{ ...created, newValues: { ...values, bytes: Buffer.from([0]) } }, updated], 'newValues.bytes'],
      ]; // prettier-ignore
      for (const [trail, message] of wrong) {
        expect(() => expectTrail(trail, changes), message).to.throw(message);
      }
      expectTrail([updated, created], changes, { order: 'any' });
      expect(() => expectTrail([updated], changes, { order: 'any' })).to.throw('no record for created');
    });

    it('takes records in another order only where writers met', async () => {
      const from = await markNow(oracle);
      await Thing.create({ id: 1, name: 'a' });
      await Thing.update({ name: 'b' }, { where: {} });
      const to = await markNow(oracle);
      const changes = await oracle.changes();
      const updated = record('updated', '1', { name: 'a' }, { name: 'b' });
      const [created, later] = [record('created', '1', null, { id: 1, name: 'a' }), await markNow(oracle)];
      const met = [updated, created].map((each) => ({ ...each, id: from.id.replace(/.$/, 'z') }));

      expectTrail(settled(met, changes, [{ from, to }]).audits, changes);
      expect(() => expectTrail(settled(met, changes, [{ from: to, to: later }]).audits, changes)).to.throw(
        'event',
      );
      const wrong = met.with(0, { ...met[0]!, newValues: { name: 'c' } });
      expect(() => expectTrail(settled(wrong, changes, [{ from, to }]).audits, changes)).to.throw(
        'newValues.name',
      );
      expect(() => expectTrail(settled([...met, met[0]!], changes, [{ from, to }]).audits, changes)).to.throw(
        'too many',
      );
    });

    it('tells a soft delete, the way back, and the end of a row apart', async () => {
      await Note.create({ text: 'a' });
      await Note.destroy({ where: {} });
      await Note.restore({ where: {} });
      await Note.destroy({ where: {}, force: true });

      const changes = await oracle.changes();
      const id = Number(changes[0]!.newRow!['id']);
      const marked = canonical(Note, changes[1]!.newRow)!['deletedAt']!.replace('000Z', 'Z');
      const row = { id, text: 'a', deletedAt: null };
      const key = String(id);
      const trail = [
        record('created', key, null, row),
        record('deleted', key, row, { deletedAt: marked }),
        record('restored', key, { deletedAt: marked }, { deletedAt: null }),
        record('deleted', key, row, null),
      ];
      expectTrail(trail, changes);
      const asUpdate = { ...trail[1]!, event: 'updated' };
      expect(() => expectTrail(trail.toSpliced(1, 1, asUpdate), changes)).to.throw('should be deleted');
    });

    it('rebuilds a table from records, keys that change included, and notices what does not fit', async () => {
      const trail = [
        record('created', '1', null, { id: 1, name: 'a', price: '1.5000' }),
        record('created', '2', null, { id: 2, name: 'b' }),
        record('updated', '3', { id: 1 }, { id: 3 }),
        record('updated', '3', { name: 'a', price: '1.5000' }, { name: 'c', price: '2.0000' }),
        record('deleted', '2', { id: 2, name: 'b' }, null),
      ];
      await Thing.create({ id: 3, name: 'c', price: '2' });
      expect(replay(Thing, trail)).to.deep.equal(rowsOf(Thing, await oracle.dump(Thing)));
      expect(replay(Thing, trail.slice(0, 4))).not.to.deep.equal(rowsOf(Thing, await oracle.dump(Thing)));
      expect(() => replay(Thing, trail.toSpliced(2, 1))).to.throw('there is no such row');
      expect(() => replay(Thing, trail.toSpliced(3, 0, trail[3]!))).to.throw('name was c');
    });
  });
}

function record(
  event: string,
  auditableId: string,
  oldValues: TrailRecord['oldValues'],
  newValues: TrailRecord['newValues'],
): TrailRecord {
  const isNote = [oldValues, newValues].some((values) => values && 'deletedAt' in values);
  return { event, auditableType: isNote ? 'Note' : 'Thing', auditableId, oldValues, newValues };
}
