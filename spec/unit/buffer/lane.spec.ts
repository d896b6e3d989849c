import fs from 'node:fs';
import path from 'node:path';
import { setImmediate as immediate } from 'node:timers/promises';

import { expect } from 'chai';

import {
  isBefore,
  lanesOf,
  OWNER_FILE,
  readCheckpoint,
  segmentPath,
  segmentsOf,
  START,
  writeCheckpoint,
  writerOf,
} from '../../../lib/buffer/journal/lane';
import { LaneReader } from '../../../lib/buffer/journal/lane-reader';
import type { Damage, Stretch } from '../../../lib/buffer/journal/lane-reader';
import { LaneWriter } from '../../../lib/buffer/journal/lane-writer';
import { processIdentity } from '../../../lib/buffer/journal/process-identity';
import { COLUMNS, WIRE_VERSION } from '../../../lib/record/wire';
import { temporaryFolder } from '../../support/servers';
import { until } from '../../support/until';
import { Child } from '../helpers/child';
import { edit, framesOf, lastSegment, readLane, readOn } from '../helpers/lanes';
import type { Frame } from '../helpers/lanes';
import { Random } from '../helpers/random';
import { aLine, lines, linesOf } from '../helpers/records';

describe('A lane of the journal', () => {
  let journal: string;
  const closing: (() => void)[] = [];

  beforeEach(() => {
    journal = temporaryFolder();
  });

  afterEach(() => {
    Child.killAll();
    for (const close of closing.splice(0)) close();
  });

  const newWriter = (options: ConstructorParameters<typeof LaneWriter>[1] = {}): LaneWriter => {
    const writer = new LaneWriter(journal, options);
    closing.push(() => writer.close());
    return writer;
  };
  const newReader = (lane: string, from = START, damage: Damage[] = []): LaneReader => {
    const reader = new LaneReader(lane, from, (found) => damage.push(found));
    closing.push(() => reader.close());
    return reader;
  };
  const write = (appends: readonly (readonly string[])[], segmentBytes?: number): string => {
    const writer = new LaneWriter(journal, segmentBytes === undefined ? {} : { segmentBytes });
    for (const records of appends) writer.append(records);
    writer.close();
    return writer.directory;
  };

  describe('when written', () => {
    it('comes into being with the first record, and not before', () => {
      const writer = newWriter();
      expect(fs.readdirSync(journal)).to.deep.equal([]);

      writer.append(lines(1));

      expect(lanesOf(journal)).to.deep.equal([writer.directory]);
      expect(segmentsOf(writer.directory)).to.deep.equal([1]);
    });

    it('can be read and written by its owner only', () => {
      const writer = newWriter();
      writer.append(lines(1));

      expect(fs.statSync(writer.directory).mode & 0o777).to.equal(0o700);
      for (const name of fs.readdirSync(writer.directory)) {
        expect(fs.statSync(path.join(writer.directory, name)).mode & 0o777, name).to.equal(0o600);
      }
    });

    it('begins with a header that names the version and the columns', () => {
      const text = fs.readFileSync(segmentPath(write([lines(1)]), 1), 'utf8');

      expect(text.split('\n')[0]).to.equal(`#sequelize-async-audit ${WIRE_VERSION} ${COLUMNS.join(' ')}`);
    });

    it('knows where its next record will stand', () => {
      const writer = newWriter();
      expect(writer.position).to.deep.equal(START);

      for (let i = 0; i < 3; i++) {
        writer.append(lines(2));
        expect(writer.position).to.deep.equal({
          segment: 1,
          offset: fs.statSync(segmentPath(writer.directory, 1)).size,
        });
      }
    });

    it('says who its owner is, until it is closed', () => {
      const writer = newWriter();
      writer.append(lines(1));
      expect(writerOf(writer.directory)).to.equal('open');

      writer.close();
      writer.close();

      expect(writerOf(writer.directory)).to.equal('closed');
    });

    it('goes on in the next segment when one is full', () => {
      const given = lines(20, 500);
      const lane = write(
        given.map((line) => [line]),
        2000,
      );

      expect(segmentsOf(lane).length).to.be.within(5, 10);
      expect(readLane(lane)).to.deep.equal({ lines: given, damage: [] });
    });

    it('comes back when its directory was removed and a new segment is due', () => {
      const writer = newWriter({ segmentBytes: 1 });
      writer.append(lines(1));
      fs.rmSync(writer.directory, { recursive: true });
      const after = lines(1);

      writer.append(after);

      expect(writerOf(writer.directory)).to.equal('open');
      expect(readLane(writer.directory).lines).to.deep.equal(after);
    });

    it('takes remarks, which stay on one line', () => {
      const writer = newWriter({ fsync: 'always' });
      const given = lines(2);
      writer.append(given.slice(0, 1), 'database\r\n=down');
      writer.append(given.slice(1), 'again');
      writer.close();

      expect(fs.readFileSync(segmentPath(writer.directory, 1), 'latin1')).to.include(
        '\n# database =down\n=0',
      );
      expect(readLane(writer.directory)).to.deep.equal({ lines: given, damage: [] });
    });
  });

  describe('when read', () => {
    it('gives all records back, in order, however many were appended at once', () => {
      for (const counts of [[1], [3, 1, 2], [1000], [1001], [2500, 1]]) {
        const appends = counts.map((count) => lines(count));

        expect(readLane(write(appends))).to.deep.equal({ lines: appends.flat(), damage: [] });
      }
    });

    it('gives back about as many at once as it is asked for, and never splits what was one append', () => {
      const appends = [lines(2), lines(2), lines(2)];
      const reader = newReader(write(appends));

      expect(reader.read(3)?.batch.count).to.equal(4);
      expect(reader.read(1)?.batch.count).to.equal(2);
      expect(reader.read(1)).to.equal(undefined);
    });

    it('gives records of 5 MB back, alone and among others', () => {
      const given = [aLine(), aLine(5_000_000), aLine(), aLine(5_000_000), aLine(5_000_000)];

      expect(readLane(write([given])).lines).to.deep.equal(given);
      expect(readLane(write(given.map((line) => [line]))).lines).to.deep.equal(given);
      expect(readLane(write([given], 1000), { limit: 1 }).lines).to.deep.equal(given);
    });

    it('gives frames back that are larger than a chunk of reading, whatever stands before them', () => {
      for (const before of [1, 250_000, 262_000, 262_144, 300_000]) {
        const given = [aLine(before), ...lines(3, 150_000), aLine()];

        expect(readLane(write([given.slice(0, 1), given.slice(1, 4), given.slice(4)])).lines).to.deep.equal(
          given,
        );
      }
    });

    it('gives text of any language back', () => {
      const given = [aLine().replace('Product', '漢字🍵ß')];

      expect(readLane(write([given])).lines).to.deep.equal(given);
    });

    it('says of what version its records are, segment by segment', () => {
      const writer = newWriter({ version: WIRE_VERSION + 1 });
      writer.append(lines(1));

      expect(newReader(writer.directory).read(1)?.batch.version).to.equal(WIRE_VERSION + 1);
    });

    it('says of what version its records are, also if it looked while the segment was still empty', () => {
      const source = newWriter({ version: WIRE_VERSION + 1 });
      source.append(lines(1));
      const lane = path.join(journal, 'lane');
      fs.mkdirSync(lane);
      fs.writeFileSync(segmentPath(lane, 1), '');
      const reader = newReader(lane);
      expect(reader.read(1)).to.equal(undefined);

      fs.appendFileSync(segmentPath(lane, 1), fs.readFileSync(segmentPath(source.directory, 1)));

      expect(reader.read(1)?.batch.version).to.equal(WIRE_VERSION + 1);
    });

    it('can be read again from every place where a stretch ended', () => {
      const given = lines(30, 200);
      const lane = write(
        given.map((line) => [line]),
        1500,
      );
      const reader = newReader(lane);
      let seen = 0;
      for (let stretch = reader.read(4); stretch; stretch = reader.read(4)) {
        seen += stretch.batch.count;

        expect(readLane(lane, { from: stretch.end }).lines).to.deep.equal(given.slice(seen));
        expect(readLane(lane, { from: stretch.start }).lines).to.deep.equal(
          given.slice(seen - stretch.batch.count),
        );
      }

      expect(seen).to.equal(30);
    });

    it('gives nothing beyond the place it is told', () => {
      const lane = write([lines(2), lines(2), lines(2)]);
      const [first, second] = framesOf(lane, 1) as [Frame, Frame];
      const reader = newReader(lane);

      expect(reader.read(1000, { segment: 1, offset: second.end })?.batch.count).to.equal(4);
      expect(reader.read(1000, { segment: 1, offset: second.end })).to.equal(undefined);
      expect(isBefore({ segment: 1, offset: first.end }, reader.position)).to.equal(true);
    });

    it('goes on where segments were deleted', () => {
      const given = lines(5, 500);
      const lane = write(
        given.map((line) => [line]),
        100,
      );
      fs.rmSync(segmentPath(lane, 1));
      fs.rmSync(segmentPath(lane, 2));

      expect(readLane(lane).lines).to.deep.equal(given.slice(2));
    });

    it('has nothing where there is no lane, or none any more', () => {
      expect(readLane(path.join(journal, 'none'))).to.deep.equal({ lines: [], damage: [] });
      expect(lanesOf(path.join(journal, 'none'))).to.deep.equal([]);
    });

    it('gives what is appended while it is read, once each', () => {
      const writer = newWriter({ segmentBytes: 2000 });
      const given: string[] = [];
      const seen: string[] = [];
      const append = (count: number): void => {
        const records = lines(count, 100);
        given.push(...records);
        writer.append(records);
      };
      append(1);
      const reader = newReader(writer.directory);
      const random = Random.seeded();
      for (let i = 0; i < 300; i++) {
        append(1 + random.below(4));
        if (random.next() < 0.5) seen.push(...readOn(reader, 1 + random.below(5)));
      }
      seen.push(...readOn(reader));

      random.check(() => expect(seen).to.deep.equal(given));
    });

    it('gives what another process appends while it is read, once each', async () => {
      const child = Child.start('append', [journal, '3000', '100000']);
      const [lane] = await until(() => lanesOf(journal).length > 0 && lanesOf(journal), { what: 'a lane' });
      const reader = newReader(lane as string);
      const seen: string[] = [];
      let appended: string[] | undefined;
      void child.message<{ appended: string[] }>().then((message) => (appended = message.appended));
      while (!appended) {
        seen.push(...readOn(reader, 10));
        await immediate();
      }
      seen.push(...readOn(reader));

      expect(segmentsOf(lane as string).length).to.be.above(5);
      expect(seen).to.deep.equal(appended);
    });

    it('has every record of a process that was killed right after it appended', async () => {
      const child = Child.start('append', [journal, '500', '20000']);
      const { lane, appended } = await child.message<{ lane: string; appended: string[] }>();
      expect(writerOf(lane)).to.equal('open');

      await child.kill();

      expect(writerOf(lane)).to.equal('dead');
      expect(readLane(lane)).to.deep.equal({ lines: appended, damage: [] });
    });
  });

  describe('when damaged', () => {
    const appends = (): string[][] => [lines(2), lines(1), lines(3)];
    const readStretches = (lane: string, final: boolean): { read: string[]; damage: Damage[] } => {
      const { lines: read, damage } = readLane(lane, { final });
      return { read, damage };
    };

    const damages: Record<string, (bytes: Buffer, start: number, end: number) => unknown> = {
      'a bit of a record': (bytes, start) => (bytes[start + 40]! ^= 4),
      'a bit of the number of records': (bytes, start) => (bytes[start + 6]! ^= 1),
      'a digit of the length, which grows': (bytes, start) => bytes.write('1', start + 10),
      'a digit of the length, which shrinks': (bytes, start) => bytes.write('0', start + 14),
      'the checksum': (bytes, start) => bytes.write('zzzz', start + 18),
      'the first byte': (bytes, start) => bytes.write('#', start),
      'the last byte': (bytes, _, end) => bytes.write(' ', end - 1),
      everything: (bytes, start, end) => bytes.fill(0, start, end),
    };
    for (const [what, change] of Object.entries(damages)) {
      for (const final of [true, false]) {
        it(`in the middle, sets it aside, and the rest arrives: ${what}, the writer ${final ? 'gone' : 'alive'}`, () => {
          const given = appends();
          const lane = write(given);
          const { start, end } = framesOf(lane, 1)[1] as Frame;
          edit(lane, 1, (bytes) => void change(bytes, start, end));
          const { read, damage } = readStretches(lane, final);

          expect(read).to.deep.equal([...given[0]!, ...given[2]!]);
          expect(damage).to.have.length(1);
          const [{ file, offset, bytes }] = damage as [Damage];
          expect(file).to.equal(segmentPath(lane, 1));
          expect(offset).to.be.within(start, end - 1);
          expect(offset + bytes.length).to.equal(end);
          expect(bytes).to.deep.equal(fs.readFileSync(file).subarray(offset, end));
        });
      }
    }

    it('over more than a chunk of reading, sets it aside while the writer is alive', () => {
      const given = [lines(1), lines(1, 330_000), lines(1)];
      const lane = write(given);
      const { start, end } = framesOf(lane, 1)[1] as Frame;
      edit(lane, 1, (bytes) => void bytes.fill('x', start, start + 26));
      const { read, damage } = readStretches(lane, false);

      expect(read).to.deep.equal([...given[0]!, ...given[2]!]);
      expect(damage.map(({ offset, bytes }) => [offset, bytes.length])).to.deep.equal([[start, end - start]]);
    });

    it('in its header, reads its records all the same', () => {
      const given = appends();
      const lane = write(given);
      const end = fs.readFileSync(segmentPath(lane, 1)).indexOf('\n');
      edit(lane, 1, (bytes) => void bytes.write('\v', end));

      expect(readLane(lane).lines).to.deep.equal(given.flat());
    });

    it('waits for a torn tail while the writer is alive, and gives the record once it is whole', () => {
      const given = lines(2);
      const lane = write(given.map((line) => [line]));
      const bytes = fs.readFileSync(segmentPath(lane, 1));
      const damage: Damage[] = [];
      const reader = newReader(lane, START, damage);
      fs.truncateSync(segmentPath(lane, 1), bytes.length - 10);

      expect(readOn(reader)).to.deep.equal(given.slice(0, 1));
      expect(readOn(reader)).to.deep.equal([]);
      fs.writeFileSync(segmentPath(lane, 1), bytes);

      expect(readOn(reader)).to.deep.equal(given.slice(1));
      expect(damage).to.deep.equal([]);
    });

    it('sets a torn tail aside once the writer is gone', () => {
      const given = lines(2);
      const lane = write(given.map((line) => [line]));
      const { start, end } = framesOf(lane, 1)[1] as Frame;
      fs.truncateSync(segmentPath(lane, 1), end - 10);
      const damage: Damage[] = [];
      const reader = newReader(lane, START, damage);

      expect(readOn(reader)).to.deep.equal(given.slice(0, 1));
      expect(damage).to.deep.equal([]);
      reader.markFinal();
      expect(readOn(reader)).to.deep.equal([]);

      expect(damage.map(({ offset, bytes }) => [offset, bytes.length])).to.deep.equal([
        [start, end - 10 - start],
      ]);
    });

    it('sets a torn tail aside once there is a later segment', () => {
      const given = lines(3, 200);
      const lane = write(
        given.map((line) => [line]),
        100,
      );
      fs.truncateSync(segmentPath(lane, 2), fs.statSync(segmentPath(lane, 2)).size - 1);
      const { read, damage } = readStretches(lane, false);

      expect(read).to.deep.equal([given[0], given[2]]);
      expect(damage.map(({ file }) => file)).to.deep.equal([segmentPath(lane, 2)]);
    });

    it('by cuts at random places, gives every record before the cut and invents none', () => {
      const random = Random.seeded();
      const given = Array.from({ length: 40 }, () => lines(1 + random.below(4), random.below(300)));
      const lane = write(given);
      const frames = framesOf(lane, 1);
      const file = segmentPath(lane, 1);
      const whole = fs.readFileSync(file);
      random.check(() => {
        for (let i = 0; i < 300; i++) {
          const cut = random.below(whole.length + 1);
          fs.writeFileSync(file, whole.subarray(0, cut));
          const { lines: read, damage } = readLane(lane);

          expect(read).to.deep.equal(frames.filter(({ end }) => end <= cut).flatMap((frame) => frame.lines));
          const lastWhole = Math.max(
            whole.indexOf('\n') + 1,
            ...frames.map(({ end }) => (end <= cut ? end : 0)),
          );
          const setAside = damage.reduce((sum, { bytes }) => sum + bytes.length, 0);
          expect(setAside).to.equal(cut < lastWhole ? cut : cut - lastWhole);
          expect(readLane(lane, { final: false }).lines).to.deep.equal(read);
        }
      });
    });

    it('by flipped bits at random places, gives every record whose frame is untouched and invents none', () => {
      const random = Random.seeded();
      const lane = write(
        Array.from({ length: 60 }, () => lines(1 + random.below(4), random.below(300))),
        8000,
      );
      const segments = segmentsOf(lane);
      const frames = segments.flatMap((segment) =>
        framesOf(lane, segment).map((frame) => ({ ...frame, segment })),
      );
      const originals = new Map(
        segments.map((segment) => [segment, fs.readFileSync(segmentPath(lane, segment))]),
      );
      random.check(() => {
        for (let i = 0; i < 300; i++) {
          const flips = Array.from({ length: 1 + random.below(6) }, () => {
            const segment = random.pick(segments);
            return { segment, at: random.below(originals.get(segment)!.length), bit: random.below(8) };
          });
          for (const [segment, original] of originals) {
            const bytes = Buffer.from(original);
            for (const flip of flips) if (flip.segment === segment) bytes[flip.at]! ^= 1 << flip.bit;
            fs.writeFileSync(segmentPath(lane, segment), bytes);
          }
          // Two flips of one bit undo each other.
          const untouched = frames.filter(({ segment, start, end }) =>
            originals
              .get(segment)!
              .subarray(start, end)
              .equals(fs.readFileSync(segmentPath(lane, segment)).subarray(start, end)),
          );
          const whole = untouched.flatMap((frame) => frame.lines);

          expect(readLane(lane).lines).to.deep.equal(whole);
          expect(readLane(lane, { limit: 1 + random.below(10) }).lines).to.deep.equal(whole);
        }
      });
    });
  });

  describe('has a checkpoint', () => {
    it('at its start until one is written, and then the last one', () => {
      const lane = write([lines(1)]);
      expect(readCheckpoint(lane)).to.deep.equal(START);

      writeCheckpoint(lane, { segment: 1, offset: 100 });
      writeCheckpoint(lane, { segment: 1, offset: 5 });

      expect(readCheckpoint(lane)).to.deep.equal({ segment: 1, offset: 5 });
    });

    it('that is read as the start when it is torn', () => {
      const lane = write([lines(1)]);
      writeCheckpoint(lane, { segment: 2, offset: 5 });
      fs.truncateSync(path.join(lane, 'checkpoint'), 7);

      expect(readCheckpoint(lane)).to.deep.equal(START);
    });
  });

  describe('has a writer', () => {
    const owned = (owner: object | string): string => {
      const lane = write([lines(1)]);
      fs.writeFileSync(
        path.join(lane, OWNER_FILE),
        typeof owner === 'string' ? owner : JSON.stringify(owner),
      );
      return lane;
    };

    it('that is dead when its number was given to another process, or the machine was started again', () => {
      expect(writerOf(owned(processIdentity()))).to.equal('open');
      expect(writerOf(owned({ ...processIdentity(), started: '1' }))).to.equal('dead');
      expect(writerOf(owned({ ...processIdentity(), boot: 'earlier' }))).to.equal('dead');
    });

    it('that counts as alive for a day where nothing can be proved: another host, another container, a torn mark', () => {
      const elsewhere = [
        { ...processIdentity(), host: 'other' },
        { ...processIdentity(), namespace: 'pid:[1]' },
      ];
      for (const owner of elsewhere) {
        const lane = owned(owner);
        expect(writerOf(lane)).to.equal('open');

        const longAgo = new Date(Date.now() - 25 * 3_600_000);
        fs.utimesSync(path.join(lane, OWNER_FILE), longAgo, longAgo);
        expect(writerOf(lane)).to.equal('dead');
      }
      expect(writerOf(owned('{"pid":'))).to.equal('open');
    });
  });

  it('is one of those of its journal, oldest first; other files are none', () => {
    const expected = [write([lines(1)]), write([lines(1)]), write([lines(1)])];
    fs.writeFileSync(path.join(journal, '.gitignore'), '*\n');
    fs.writeFileSync(path.join(journal, 'notes.txt'), '');
    fs.mkdirSync(path.join(journal, `${path.basename(expected[0]!)}.new`));
    fs.mkdirSync(path.join(journal, 'lost+found'));

    expect(lanesOf(journal)).to.deep.equal(expected);
  });

  it('has stretches that are in one segment each', () => {
    const lane = write(
      lines(10, 300).map((line) => [line]),
      1000,
    );
    const reader = newReader(lane);
    const stretches: Stretch[] = [];
    for (let stretch = reader.read(1000); stretch; stretch = reader.read(1000)) stretches.push(stretch);

    expect(stretches.every(({ start, end }) => start.segment === end.segment)).to.equal(true);
    expect(stretches.at(-1)?.end.segment).to.equal(lastSegment(lane));
    expect(stretches.flatMap(({ batch }) => linesOf(batch.lines))).to.have.length(10);
  });
});
