import { expect } from 'chai';
import { DataTypes } from 'sequelize';
import type { Model } from 'sequelize';

import { AuditError, withAudit } from '../../../lib';
import { createWorld, DATABASES } from '../../support/world';
import type { World } from '../../support/world';

async function refusal(work: Promise<unknown>): Promise<string> {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return error instanceof AuditError ? `${error.code} ${error.message}` : String(error);
}

const TIMELESS = { timestamps: false };

for (const database of DATABASES) {
  describe(`which rows taking back writes, on ${database}`, () => {
    let world: World;
    beforeEach(async () => {
      world = await createWorld(database);
    });
    afterEach(() => world?.dispose());

    const rows = async (model: { findAll(options: object): Promise<unknown[]> }): Promise<unknown[]> =>
      model.findAll({ raw: true });

    it('none where the key would change, and it says so', async () => {
      const columns = { code: { type: DataTypes.STRING, primaryKey: true }, v: DataTypes.INTEGER };
      const Place = withAudit(world.sequelize.define('Place', columns, TIMELESS));
      await world.sequelize.sync();
      await Place.create({ code: 'a', v: 1 });
      await Place.update({ code: 'b' }, { where: { code: 'a' } });
      const renamed = (await world.stored()).at(-1)!;

      expect(await refusal(renamed.revert())).to.match(/^AUDIT_REVERT The key of Place \("code"\)/);
      const place = (await Place.findByPk('b'))!;
      const away = place.revertTo(renamed, { values: { code: 'c' } });
      expect(await refusal(away)).to.match(/^AUDIT_REVERT The key of Place/);
      expect(await rows(Place)).to.deep.equal([{ code: 'b', v: 1 }]);
    });

    it('one that the scope of its class hides then, and tells the instance', async () => {
      const columns = { active: DataTypes.BOOLEAN };
      const scope = { ...TIMELESS, defaultScope: { where: { active: true } } };
      const Offer = withAudit(world.sequelize.define('Offer', columns, scope));
      await world.sequelize.sync();
      const offer = await Offer.create({ active: false });
      await offer.update({ active: true });
      const [created] = await world.stored();

      expect(await offer.revertTo(created!)).to.deep.include({ event: 'updated' });
      expect(offer.get('active')).to.equal(false);
    });

    it('one that was changed while it was marked as deleted', async () => {
      const Note = withAudit(
        world.sequelize.define(
          'Note',
          { text: DataTypes.STRING },
          { ...TIMELESS, timestamps: true, paranoid: true },
        ),
      );
      await world.sequelize.sync();
      const note = await Note.create({ text: 'a' });
      await note.destroy();
      await Note.update({ text: 'b' }, { where: {}, paranoid: false });
      await world.stored();

      const back = await Note.undelete(note.get('id') as number);
      expect(back.get()).to.deep.include({ text: 'b', deletedAt: null });
      await world.stored();
      const again = await refusal(Note.undelete(note.get('id') as number));
      expect(again).to.match(
        /^AUDIT_CONFLICT .* is not deleted: the last that is stored of it is "restored"/,
      );
    });

    it('none where it needs what is not audited, unless that is given', async () => {
      const columns = { v: DataTypes.INTEGER, owner: { type: DataTypes.STRING, allowNull: false } };
      const Safe = withAudit(world.sequelize.define('Safe', columns, TIMELESS), { exclude: ['owner'] });
      await world.sequelize.sync();
      const safe = await Safe.create({ v: 1, owner: 'me' });
      await safe.destroy();
      await world.stored();

      const key = safe.get('id') as number;
      expect(await refusal(Safe.undelete(key))).to.match(
        /^AUDIT_REVERT .*"owner" of Safe: they are not audited/,
      );
      const back: Model = await Safe.undelete(key, { values: { owner: 'you' } });
      expect(back.get()).to.deep.equal({ id: key, v: 1, owner: 'you' });
    });

    it('each but once, where several take back at the same time', async () => {
      const Stock = withAudit(world.sequelize.define('Stock', { v: DataTypes.INTEGER }, TIMELESS));
      await world.sequelize.sync();
      const stock = await Stock.create({ v: 1 });
      await stock.update({ v: 2 });
      const audit = (await world.stored()).at(-1)!;

      const done = await Promise.all([1, 2, 3].map(() => audit.revert({ force: true })));
      expect(done.map(({ event }) => event)).to.have.members(['updated', null, null]);
      expect((await world.stored()).map(({ event }) => event)).to.deep.equal([
        'created',
        'updated',
        'updated',
      ]);
    });
  });
}
