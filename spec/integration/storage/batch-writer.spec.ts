import { expect } from 'chai';

import { Batch } from '../../../lib/record/batch';
import { BatchWriter } from '../../../lib/storage/batch-writer';
import { recordLine } from '../../support/records';
import { createWorld, DATABASES } from '../../support/world';
import type { World } from '../../support/world';

for (const name of DATABASES) {
  describe(`The writer of batches on ${name}`, () => {
    let world: World;
    const batchOf = (count: number): Batch =>
      Batch.fromLines(Array.from({ length: count }, () => recordLine({})));
    before(async () => {
      world = await createWorld(name);
    });
    after(() => world.dispose());

    it('tells that a batch is on its way, once, before it is stored', async () => {
      const { database } = world.trail;
      const batch = batchOf(2_500);
      const prepared = database.dialect.prepareNew?.(batch) ?? (await database.dialect.prepare(batch));
      const told: string[] = [];
      await database.write<unknown>(prepared, () => told.push('sent'));
      told.push('stored');
      expect(told).to.deep.equal(['sent', 'stored']);
    });

    it('keeps nobody waiting for a batch that has failed', async () => {
      const writer = new BatchWriter(world.trail.database, 1);
      const line = recordLine({});
      const { sequelize } = world.trail.database;
      const atFirst = writer.whenSent();
      await sequelize.query('ALTER TABLE audits RENAME TO away');
      const writing = writer.write(batchOf(1)).catch((error: unknown) => error);
      expect(world.trail.database.dialect.isMissingTable(await writing)).to.equal(true);
      expect(writer.whenSent()).to.not.equal(atFirst);
      await writer.whenSent();
      await sequelize.query('ALTER TABLE away RENAME TO audits');
      expect(await writer.write(Batch.fromLines([line]))).to.deep.equal({ inserted: 1, duplicates: 0 });
      // Both ways: the fast one, and the one past duplicates.
      expect(await writer.write(Batch.fromLines([line]))).to.deep.equal({ inserted: 0, duplicates: 1 });
      await writer.whenSent();
    });
  });
}
