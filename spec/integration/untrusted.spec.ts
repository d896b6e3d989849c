import { expect } from 'chai';

import { AuditWorker } from '../../lib';
import { directoriesOf } from '../../lib/buffer/directories';
import { JournalSource } from '../../lib/buffer/journal/journal-source';
import { LaneWriter } from '../../lib/buffer/journal/lane-writer';
import { COLUMNS } from '../../lib/record/wire';
import { recordLine } from '../support/records';
import { createWorld, DATABASES } from '../support/world';

/** A record with another text in one of its fields. */
function forged(column: (typeof COLUMNS)[number], text: string): string {
  const fields = recordLine({}).trimEnd().split('\t');
  fields[COLUMNS.indexOf(column)] = text;
  return `${fields.join('\t')}\n`;
}

/** Lines that are no records, as anyone may write them who can write to the journal. */
const HOSTILE = {
  'the end of the data, as COPY has it': '\\.\n',
  nothing: '\n',
  'too few fields': recordLine({}).replace(/\t[^\t]*\n/, '\n'),
  'too many fields': recordLine({}).replace('\n', '\tmore\n'),
  'a key that is none': recordLine({ id: `${'x'.repeat(60)}'); DROP TABLE audits; --` }),
  'a time that is none': recordLine({}).replace(/\t[^\t]*\t1\n/, '\ta while ago\t1\n'),
  'a time without end': forged('created_at', 'infinity'),
  'a time without a zone': forged('created_at', '2026-01-01 00:00:00.000000'),
  'a time before all': forged('created_at', '0044-03-15 00:00:00.000000+00:00 BC'),
  'another version': forged('schema_version', '99'),
  'values that are no JSON': forged('new_values', '{bad'),
  'no time': recordLine({}).replace(/\t[^\t]*\t1\n/, '\t\\N\t1\n'),
};

for (const database of DATABASES) {
  describe(`a journal that holds lines that are no records, on ${database}`, () => {
    it('has them buried, and the records among them stored', async () => {
      const world = await createWorld(database);
      const good = Array.from({ length: 16 }, (_, n) => recordLine({ auditableId: String(n) }));
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

    it('gives what lies in the table, whatever that is', async () => {
      const world = await createWorld(database);
      const lane = new LaneWriter(directoriesOf(world.dir).journal);
      lane.append([forged('tags', '{"a":1}'), forged('old_values', '"text"'), forged('context', '[1]')]);
      lane.append([
        forged('new_values', '{"n":{"$audit":"object","value":5}}'),
        recordLine({ event: 'fine' }),
      ]);
      lane.close();

      const worker = new AuditWorker(world.trail);
      await worker.drain();
      await worker.stop();

      const stored = await world.trail.Audit.findAll();

      // PostgreSQL's worker hands JSON on as it is; the others look at what it begins with.
      expect(stored.map(({ newValues }) => newValues)).to.deep.include({ n: { $audit: 'object', value: 5 } });
      expect(stored.map(({ event }) => event)).to.include('fine');
      for (const record of stored) expect(JSON.stringify(record)).to.be.a('string');
      const { records } = await new JournalSource(directoriesOf(world.dir).buried, {
        onDamage: () => expect.fail('no damage'),
      }).depth();
      expect(stored.length + records).to.equal(5);
      await world.dispose();
    });
  });
}
