import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

import { expect } from 'chai';
import sinon from 'sinon';

import { fileHeader, FRAME_HEADER_BYTES, writeFrameHeader } from '../../../lib/buffer/journal/frame';
import { JournalSource } from '../../../lib/buffer/journal/journal-source';
import { lanesOf, OWNER_FILE, segmentPath, writerOf } from '../../../lib/buffer/journal/lane';
import type { Damage } from '../../../lib/buffer/journal/lane-reader';
import { LaneWriter } from '../../../lib/buffer/journal/lane-writer';
import { COLUMNS, WIRE_VERSION } from '../../../lib/record/wire';
import { temporaryFolder } from '../../support/servers';
import { until } from '../../support/until';
import { lastSegment, readLane } from '../helpers/lanes';
import { lines, linesOf } from '../helpers/records';

const MEBIBYTE = 1024 * 1024;
const HEADER = fileHeader(WIRE_VERSION, COLUMNS);

/** What lies in a journal's directory may have been put there, or changed, by anyone who can write to it. */
describe('A journal that is not to be trusted', () => {
  let journal: string;
  const closing: (() => unknown)[] = [];

  beforeEach(() => {
    journal = path.join(temporaryFolder(), 'journal');
  });

  afterEach(async () => {
    sinon.restore();
    await Promise.all(closing.splice(0).map((close) => close()));
  });

  const frame = (body: Buffer | string, count: number): Buffer => {
    const bytes = Buffer.concat([Buffer.alloc(FRAME_HEADER_BYTES), Buffer.from(body)]);
    writeFrameHeader(bytes, count, bytes.length - FRAME_HEADER_BYTES);
    return bytes;
  };
  const good = (records: readonly string[]): Buffer => frame(records.join(''), records.length);
  /** A lane of a process that is gone, with what was laid between its records. */
  const lane = (...pieces: (Buffer | string)[]): string => {
    const writer = new LaneWriter(journal);
    writer.append(lines(1));
    writer.close();
    fs.writeFileSync(
      segmentPath(writer.directory, 1),
      Buffer.concat(pieces.map((piece) => Buffer.from(piece))),
    );
    return writer.directory;
  };
  /** All that a worker gets, and what it sets aside, until nothing of the journal is left. */
  const consume = async (): Promise<{ read: string[]; damage: Damage[]; troubles: string[] }> => {
    const [read, damage, troubles]: [string[], Damage[], string[]] = [[], [], []];
    const source = new JournalSource(journal, {
      onDamage: (found) => damage.push(found),
      onTrouble: (where) => troubles.push(where),
    });
    closing.push(() => source.close());
    await until(
      async () => {
        const claim = await source.claim(100, 0);
        if (claim) {
          expect(linesOf(claim.batch.lines)).to.have.length(claim.batch.count);
          read.push(...linesOf(claim.batch.lines));
          await source.acknowledge(claim.receipt);
        }
        return lanesOf(journal).length === 0 || troubles.length > 0;
      },
      { what: 'the journal to be read', intervalMs: 1 },
    );
    return { read, damage, troubles };
  };

  const records = lines(4);
  const before = good(records.slice(0, 2));
  const after = good(records.slice(2));
  const hostile: Record<string, Buffer | string> = {
    'a length that no frame has': '=000001 ffffffff 00000000\n',
    'a length beyond the end of the file': '=000001 07ffffff 00000000\n',
    'no records at all': '=000000 00000000 00000000\n',
    'more records than it holds': frame(lines(2).join(''), 999_999),
    'fewer records than it holds': frame(lines(5).join(''), 1),
    'none of the records it holds': frame(lines(1).join(''), 0),
    'a record without an end': frame(lines(1).join('').trimEnd(), 1),
    'a remark that never ends': `#${'x'.repeat(200_000)}`,
    'nothing but zeros': Buffer.alloc(300_000),
    'nothing but beginnings': '='.repeat(300_000),
    'no text': Buffer.from(
      Array.from({ length: 3000 }, (_, index) => (index * 7) % 256).filter((n) => n !== 35),
    ),
  };
  for (const [what, bytes] of Object.entries(hostile)) {
    it(`sets aside a frame of ${what}, and gives its neighbours`, async () => {
      lane(HEADER, before, bytes, after);
      const allocated = sinon.spy(Buffer, 'allocUnsafe');

      const { read, damage } = await consume();

      expect(read).to.deep.equal(records);
      expect(Buffer.concat(damage.map((each) => each.bytes))).to.deep.equal(Buffer.from(bytes));
      // Never as much as a header asks for.
      expect(Math.max(...allocated.getCalls().map(({ args }) => args[0]))).to.be.below(MEBIBYTE);
    });
  }

  it('takes no more memory for damage of any size', async () => {
    const directory = lane(HEADER, before);
    // A file with a hole: it takes no room on the disk.
    fs.truncateSync(segmentPath(directory, 1), 100 * MEBIBYTE);
    fs.appendFileSync(segmentPath(directory, 1), after);

    const { read, damage } = await consume();

    expect(read).to.deep.equal(records);
    expect(damage.length).to.be.above(4);
    expect(Math.max(...damage.map(({ bytes }) => bytes.length))).to.be.at.most(16 * MEBIBYTE);
    const size = damage.reduce((sum, { bytes }) => sum + bytes.length, 0);
    expect(size).to.equal(100 * MEBIBYTE - HEADER.length - before.length);
  });

  for (const [what, header, version] of [
    ['a version of 30 digits', `#sequelize-async-audit ${'9'.repeat(30)} id\n`, WIRE_VERSION],
    ['a version that is none', '#sequelize-async-audit -1 id\n', WIRE_VERSION],
    ['columns that are none', `#sequelize-async-audit ${WIRE_VERSION} ; drop table audits\n`, WIRE_VERSION],
    ['a version that is not known yet', '#sequelize-async-audit 999999999 id\n', 999_999_999],
  ] as const) {
    it(`gives records below a header with ${what} as version ${version}`, async () => {
      lane(header, before);
      const source = new JournalSource(journal, { onDamage: () => expect.fail('no damage') });
      closing.push(() => source.close());

      const claim = await source.claim(10, 1000);

      expect(claim?.batch).to.include({ version, count: 2 });
    });
  }

  it('is read although its owner and its checkpoint hold anything', async () => {
    for (const text of ['null', '5', '[]', '{"pid":-1}', '{"pid":"../../1"}', '\0'.repeat(100_000), '{']) {
      const directory = lane(HEADER, good(records));
      fs.writeFileSync(path.join(directory, OWNER_FILE), text);
      fs.writeFileSync(path.join(directory, 'checkpoint'), text);
      expect(writerOf(directory)).to.be.oneOf(['open', 'dead']);
      fs.rmSync(path.join(directory, OWNER_FILE));

      expect((await consume()).read, text.slice(0, 20)).to.deep.equal(records);
    }
  });

  describe('with links in it', () => {
    let victim: string;
    const untouched = (): void => void expect(fs.readFileSync(victim, 'utf8')).to.equal('precious');

    beforeEach(() => {
      victim = path.join(temporaryFolder(), 'victim');
      fs.writeFileSync(victim, 'precious');
    });

    it('is not led to write a checkpoint elsewhere', async () => {
      const directory = lane(HEADER, good(records));
      fs.rmSync(path.join(directory, 'checkpoint'));
      fs.symlinkSync(victim, path.join(directory, 'checkpoint'));

      const { troubles } = await consume();

      expect(troubles).to.deep.equal([directory]);
      untouched();
    });

    it('is not led to write or touch a lease elsewhere', async () => {
      const directory = lane(HEADER, good(records));
      fs.symlinkSync(victim, path.join(directory, 'lease'));
      const then = new Date(Date.now() - 3_600_000);
      fs.lutimesSync(path.join(directory, 'lease'), then, then);

      expect((await consume()).read).to.deep.equal(records);
      untouched();
    });

    it('is not led to read a segment from elsewhere, and says so', async () => {
      const directory = lane(HEADER);
      fs.rmSync(segmentPath(directory, 1));
      fs.symlinkSync(victim, segmentPath(directory, 1));

      expect((await consume()).troubles).to.deep.equal([directory]);
    });

    it('is not led to delete a directory elsewhere', async () => {
      const elsewhere = path.dirname(victim);
      fs.mkdirSync(journal);
      fs.symlinkSync(elsewhere, path.join(journal, '0199aaaa-0000-7000-8000-000000000000'));
      fs.symlinkSync(elsewhere, path.join(journal, '0199aaaa-0000-7000-8000-000000000001.new'));
      const directory = lane(HEADER, good(records));
      fs.symlinkSync(elsewhere, path.join(directory, 'folder'));

      expect((await consume()).read).to.deep.equal(records);
      expect(fs.existsSync(directory)).to.equal(false);
      untouched();
    });

    it('is not led to begin a lane or a segment elsewhere', () => {
      const writer = new LaneWriter(journal, { segmentBytes: 1 });
      closing.push(() => writer.close());
      fs.mkdirSync(journal);
      fs.symlinkSync(path.dirname(victim), `${writer.directory}.new`);
      const given = lines(3);
      writer.append(given.slice(0, 1));
      fs.symlinkSync(victim, segmentPath(writer.directory, 2));
      fs.symlinkSync(path.join(path.dirname(victim), 'new'), segmentPath(writer.directory, 3));
      for (const line of given.slice(1)) writer.append([line]);

      expect(fs.readdirSync(path.dirname(victim))).to.deep.equal(['victim']);
      expect(lastSegment(writer.directory)).to.equal(5);
      untouched();
      fs.rmSync(segmentPath(writer.directory, 2));
      fs.rmSync(segmentPath(writer.directory, 3));
      expect(readLane(writer.directory)).to.deep.equal({ lines: given, damage: [] });
    });

    it('is not kept waiting by pipes', async () => {
      const directory = lane(HEADER, good(records));
      for (const name of ['0000000002.journal', OWNER_FILE])
        execFileSync('mkfifo', [path.join(directory, name)]);
      expect(writerOf(directory)).to.equal('open');
      fs.rmSync(path.join(directory, OWNER_FILE));

      expect((await consume()).read).to.deep.equal(records);
    });
  });
});
