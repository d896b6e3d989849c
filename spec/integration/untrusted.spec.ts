import { expect } from 'chai';

import { AuditWorker } from '../../lib';
import { directoriesOf } from '../../lib/buffer/directories';
import { JournalSource } from '../../lib/buffer/journal/journal-source';
import { LaneWriter } from '../../lib/buffer/journal/lane-writer';
import { recordLine } from '../support/records';
import { createWorld, DATABASES } from '../support/world';

/** Lines that are no records, as anyone may write them who can write to the journal. */
const HOSTILE = {
  'the end of the data, as COPY has it': '\\.\n',
  nothing: '\n',
  'too few fields': recordLine({}).replace(/\t[^\t]*\n/, '\n'),
  'too many fields': recordLine({}).replace('\n', '\tmore\n'),
  'a key that is none': recordLine({ id: `${'x'.repeat(60)}'); DROP TABLE audits; --` }),
  'a time that is none': recordLine({}).replace(/\t[^\t]*\t1\n/, '\ta while ago\t1\n'),
  'no time': recordLine({}).replace(/\t[^\t]*\t1\n/, '\t\\N\t1\n'),
};

for (const database of DATABASES) {
  describe(`a journal that holds lines that are no records, on ${database}`, () => {
    it('has them buried, and the records among them stored', async () => {
      const world = await createWorld(database);
      const good = Array.from({ length: 8 }, (_, n) => recordLine({ auditableId: String(n) }));
      const lines = good.flatMap((line, index) => [line, ...Object.values(HOSTILE).slice(index, index + 1)]);
      const lane = new LaneWriter(directoriesOf(world.dir).journal);
      lane.append(lines);
      lane.close();
      const worker = new AuditWorker(world.trail);

      await worker.drain();
      const stats = await worker.stats();
      await worker.stop();

      const stored = await world.trail.Audit.findAll({ order: [['id', 'ASC']] });
      expect(stored.map(({ auditableId }) => auditableId)).to.deep.equal(good.map((_, n) => String(n)));
      expect(stats).to.include({ stored: good.length, buried: Object.keys(HOSTILE).length });
      const { buried } = directoriesOf(world.dir);
      const source = new JournalSource(buried, { onDamage: () => expect.fail('no damage') });
      expect((await source.depth()).records).to.equal(stats.buried);
      await source.close();
      await world.dispose();
    });
  });
}
