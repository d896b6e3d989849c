import { expect } from 'chai';
import { DataTypes } from 'sequelize';

import { withAudit } from '../../../lib';
import type { AuditRecord } from '../../../lib/record/record';
import type { Audit } from '../../../lib/storage/audit-model';
import type { PastState } from '../../../lib/storage/reading/past-state';
import type { World } from '../../support/world';
import { createWorld, DATABASES } from '../../support/world';
import { codeOf, labelled, START, store } from './stored-records';

/** A record of Thing 1 as it reads in a row of a table: second, event, old values, new values. */
type Line = readonly [
  second: number,
  event: string,
  oldValues: AuditRecord['oldValues'],
  newValues: AuditRecord['newValues'],
];
const CUT = { $audit: 'cut', of: 'json', value: '"…"', length: 3_000_000, sha256: 'x' };

const LIFE: readonly Line[] = [
  [0, 'created', null, { id: 1, price: 1, note: null, mark: null }],
  [10, 'updated', { price: 1 }, { price: 2 }],
  [15, 'exported', null, { price: 'not of the row' }],
  [20, 'updated', { price: 2, note: null }, { price: 3, note: { by: ['Ann'] } }],
  [30, 'deleted', { id: 1, price: 3, note: { by: ['Ann'] }, mark: null }, { mark: 'gone' }],
  [40, 'restored', { mark: 'gone' }, { mark: null }],
  [50, 'updated', { price: 3 }, { price: 4, color: 'red' }],
  [60, 'deleted', { id: 1, price: 4, note: { by: ['Ann'] }, mark: null, color: 'red' }, null],
  [80, 'created', null, { id: 1, price: 9 }],
  [80, 'updated', { price: 9 }, { price: 8 }],
]; // prettier-ignore

for (const database of DATABASES) {
  describe(`a past state on ${database}`, () => {
    let world: World;
    let key = 0;

    before(async () => {
      world = await createWorld(database);
    });
    after(() => world.dispose());
    beforeEach(() => (key += 1));

    const write = (lines: readonly Line[]): Promise<void> =>
      store(world, [
        ...lines.map(([second, event, oldValues, newValues]) =>
          labelled(`${second}`, second * 1000, { auditableId: `${key}`, event, oldValues, newValues }),
        ),
        labelled('another', 0, { auditableId: `${key}0`, newValues: { other: true } }),
      ]);
    const stateAt = (second: number | Audit): Promise<PastState> =>
      world.trail.history.stateAt({
        model: 'Thing',
        id: `${key}`,
        at: typeof second === 'number' ? new Date(START + second * 1000) : second,
      });
    const valuesAt = async (second: number): Promise<unknown> => (await stateAt(second)).values;

    it('is that of each moment of a life: created, updated, soft-deleted, restored, deleted, created again', async () => {
      await write(LIFE);
      const before = { model: 'Thing', id: `${key}`, exists: false, values: null, isComplete: true };
      expect(await stateAt(-1)).to.deep.equal({ ...before, at: new Date(START - 1000), audit: null });
      expect(await valuesAt(0)).to.deep.equal({ id: 1, price: 1, note: null, mark: null });
      expect(await valuesAt(9.999)).to.deep.equal({ id: 1, price: 1, note: null, mark: null });
      expect(await valuesAt(10)).to.deep.equal({ id: 1, price: 2, note: null, mark: null });
      expect(await valuesAt(16)).to.deep.equal({ id: 1, price: 2, note: null, mark: null });
      expect((await stateAt(16)).audit?.event).to.equal('exported');
      expect(await valuesAt(29)).to.deep.equal({ id: 1, price: 3, note: { by: ['Ann'] }, mark: null });
      expect(await stateAt(30)).to.deep.include({ exists: true, isComplete: true });
      expect(await valuesAt(30)).to.deep.equal({ id: 1, price: 3, note: { by: ['Ann'] }, mark: 'gone' });
      expect(await valuesAt(45)).to.deep.equal({ id: 1, price: 3, note: { by: ['Ann'] }, mark: null });
      expect(await valuesAt(59)).to.deep.equal({ id: 1, price: 4, note: { by: ['Ann'] }, mark: null, color: 'red' });
      expect(await stateAt(60)).to.deep.include({ exists: false, isComplete: true, values: null });
      expect((await stateAt(79)).audit?.url).to.equal('60');
      // Both records of that millisecond have happened then, in the order of their ids.
      expect(await stateAt(80)).to.deep.include({ exists: true, isComplete: true, values: { id: 1, price: 8 } });
      expect(await valuesAt(1000)).to.deep.equal({ id: 1, price: 8 });
    }); // prettier-ignore

    it('is that right after a record, also between those of one millisecond', async () => {
      await write(LIFE);
      const { audits } = await world.trail.history.search({ model: 'Thing', id: `${key}`, order: 'oldest' });
      const states = await Promise.all(audits.map((audit) => stateAt(audit)));
      expect(states.map(({ values }) => values?.['price'])).to.deep.equal([1, 2, 2, 3, 3, 3, 4, undefined, 9, 8]);
      expect(states.map(({ exists }) => exists)).to.deep.equal(audits.map(({ url }) => url !== '60'));
      for (const [index, { audit, at, isComplete }] of states.entries()) {
        expect(audit?.id).to.equal(audits[index]!.id);
        expect(at).to.deep.equal(audits[index]!.createdAt);
        expect(isComplete).to.equal(true);
      }
    }); // prettier-ignore

    it('tells what the records around it tell where the trail begins in the midst', async () => {
      await write(LIFE.slice(1, 4));
      expect(await stateAt(5)).to.deep.include({ exists: true, isComplete: false, audit: null });
      expect(await valuesAt(5)).to.deep.equal({ price: 1, note: null });
      expect(await valuesAt(12)).to.deep.equal({ price: 2, note: null });
      expect(await stateAt(25)).to.deep.include({ isComplete: false });
      expect(await valuesAt(25)).to.deep.equal({ price: 3, note: { by: ['Ann'] } });
    });

    it('is whole where a later delete tells the rest', async () => {
      await write(LIFE.slice(3, 5));
      expect(await stateAt(10)).to.deep.include({ exists: true, isComplete: true });
      expect(await valuesAt(10)).to.deep.equal({ id: 1, price: 2, note: null, mark: null });
    });

    it('is unknown of what the trail has no record of, or none but of other events', async () => {
      await write([LIFE[2]!]);
      const unknown = { exists: undefined, values: null, isComplete: false };
      expect(await stateAt(20)).to.deep.include(unknown);
      expect((await stateAt(20)).audit?.event).to.equal('exported');
      expect(await world.trail.history.stateAt({ model: 'Nope', id: '1', at: new Date() })).to.deep.include({ ...unknown, audit: null });
    }); // prettier-ignore

    it('claims nothing of values that were too large to be kept', async () => {
      const lines: Line[] = [
        [0, 'created', null, { id: 1, text: 'a', price: 1 }],
        [10, 'updated', { text: 'a' }, CUT],
        [20, 'updated', { price: 1 }, { price: 2 }],
        [30, 'updated', { text: 'long' }, { text: 'b' }],
      ];
      await write(lines);
      expect(await stateAt(5)).to.deep.include({ isComplete: true, values: { id: 1, text: 'a', price: 1 } });
      // A later record tells what the cut one has written.
      expect(await stateAt(15)).to.deep.include({ isComplete: true });
      expect(await valuesAt(15)).to.deep.equal({ id: 1, text: 'long', price: 1 });
      key += 1;
      await write(lines.slice(0, 3));
      expect(await stateAt(25)).to.deep.include({ isComplete: false });
      expect(await valuesAt(25)).to.deep.equal({ id: 1, price: 2 });
      key += 1;
      await write([[0, 'created', null, CUT], [10, 'updated', { price: 1 }, { price: 2 }]]);
      expect(await stateAt(5)).to.deep.include({ exists: true, isComplete: false });
      expect(await valuesAt(5)).to.deep.equal({ price: 1 });
    }); // prettier-ignore

    it('is that of the row, as the application wrote it', async () => {
      const Thing = withAudit(
        world.sequelize.define(
          'Item',
          { price: DataTypes.INTEGER, data: DataTypes.JSON },
          { paranoid: true },
        ),
      );
      await world.sequelize.sync();
      const thing = await Thing.create({ price: 1, data: { a: [1] } });
      await thing.update({ data: { a: [2], b: null } });
      await thing.destroy();
      await thing.restore();
      await thing.destroy({ force: true });
      await world.stored();
      const id = String(thing.get('id'));
      const audits = await thing.getAudits();
      const states = await Promise.all(
        audits.map((at) => world.trail.history.stateAt({ model: 'Item', id, at })),
      );
      const of = (name: string): unknown[] => states.map(({ values }) => values?.[name]);
      expect(of('data')).to.deep.equal([
        { a: [1] },
        ...Array<object>(3).fill({ a: [2], b: null }),
        undefined,
      ]);
      expect(of('deletedAt').map(Boolean)).to.deep.equal([false, false, true, false, false]);
      expect(states.map(({ exists }) => exists)).to.deep.equal([true, true, true, true, false]);
    });

    it('is asked for with a moment', async () => {
      for (const at of ['tomorrow', '', NaN, new Date(NaN), undefined, null, {}]) {
        const asked = world.trail.history.stateAt({ model: 'Thing', id: '1', at: at as Date });
        expect(await codeOf(asked), JSON.stringify(at)).to.equal('AUDIT_QUERY');
      }
    });
  });
}
