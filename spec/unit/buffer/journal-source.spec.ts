import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';

import { expect } from 'chai';

import type { Claim } from '../../../lib/buffer/contract';
import { JournalSource } from '../../../lib/buffer/journal/journal-source';
import {
  isBefore,
  lanesOf,
  LEASE_FILE,
  readCheckpoint,
  segmentPath,
  segmentsOf,
  START,
  writeCheckpoint,
} from '../../../lib/buffer/journal/lane';
import type { Damage } from '../../../lib/buffer/journal/lane-reader';
import { LaneWriter } from '../../../lib/buffer/journal/lane-writer';
import { WIRE_VERSION } from '../../../lib/record/wire';
import { temporaryFolder } from '../../support/servers';
import { until } from '../../support/until';
import { Child } from '../helpers/child';
import { edit, framesOf } from '../helpers/lanes';
import { Random } from '../helpers/random';
import { aLine, lines, linesOf } from '../helpers/records';

describe('The source that reads a journal', () => {
  let journal: string;
  let damage: Damage[];
  const sources: JournalSource[] = [];
  const writers: LaneWriter[] = [];

  beforeEach(() => {
    journal = temporaryFolder();
    damage = [];
  });

  afterEach(async () => {
    Child.killAll();
    await Promise.all(sources.splice(0).map((source) => source.close()));
    for (const writer of writers.splice(0)) writer.close();
  });

  const newSource = (wants?: (lane: string) => boolean): JournalSource => {
    const onDamage = (found: Damage): unknown => damage.push(found);
    const source = new JournalSource(journal, { onDamage, ...(wants ? { wants } : {}) });
    sources.push(source);
    return source;
  };
  const newWriter = (options: ConstructorParameters<typeof LaneWriter>[1] = {}): LaneWriter => {
    const writer = new LaneWriter(journal, options);
    writers.push(writer);
    return writer;
  };
  const lane = (appends: readonly (readonly string[])[], segmentBytes?: number): LaneWriter => {
    const writer = newWriter(segmentBytes === undefined ? {} : { segmentBytes });
    for (const records of appends) writer.append(records);
    return writer;
  };
  const claimed = async (source: JournalSource, limit = 1): Promise<Claim> => {
    const claim = await source.claim(limit, 5000);
    if (!claim) throw new Error('Nothing could be claimed.');
    return claim;
  };
  const textOf = (claim: Claim): string[] => linesOf(claim.batch.lines);
  /** What another source would read that came after this one. */
  const remaining = async (): Promise<string[]> => {
    const source = newSource();
    const claim = await source.claim(100_000, 0);
    await source.close();
    return claim ? textOf(claim) : [];
  };

  it('has nothing where there is no journal, and waits no longer than it is told', async () => {
    const source = new JournalSource(path.join(journal, 'none'), { onDamage: () => undefined });

    expect(await source.claim(10, 0)).to.equal(undefined);
    expect(await source.claim(10, 30)).to.equal(undefined);
    expect(await source.depth()).to.deep.equal({ records: 0, bytes: 0, exact: true, oldest: null });
  });

  it('gives a record that comes while it waits', async () => {
    const claim = newSource().claim(10, 10_000);
    const given = lines(1);
    lane([given]);

    expect(textOf((await claim) as Claim)).to.deep.equal(given);
  });

  it('makes one batch of what many processes wrote', async () => {
    const given = [lines(1), lines(2), lines(3)];
    for (const records of given) lane([records]);

    const claim = await claimed(newSource(), 1000);

    expect(claim.batch.count).to.equal(6);
    expect(textOf(claim)).to.have.members(given.flat());
  });

  it('gives each lane a turn, however busy another one is', async () => {
    const quiet = lines(1);
    lane(lines(100).map((line) => [line]));
    lane([quiet]);
    const source = newSource();

    const seen = [...textOf(await claimed(source, 2)), ...textOf(await claimed(source, 2))];

    expect(seen).to.include(quiet[0]);
  });

  it('does not mix versions in a batch', async () => {
    newWriter({ version: WIRE_VERSION + 1 }).append(lines(2));
    lane([lines(1)]);
    const source = newSource();

    const claims = [await claimed(source, 1000), await claimed(source, 1000)];

    expect(claims.map(({ batch }) => [batch.version, batch.count])).to.have.deep.members([
      [WIRE_VERSION + 1, 2],
      [WIRE_VERSION, 1],
    ]);
  });

  it('reads only the lanes it wants', async () => {
    const [mine, other] = [lane([lines(1)]), lane([lines(1)])];

    const claim = await claimed(
      newSource((found) => found === mine.directory),
      1000,
    );

    expect(claim.batch.count).to.equal(1);
    expect(fs.existsSync(path.join(other.directory, LEASE_FILE))).to.equal(false);
  });

  it('counts what waits, claimed records included, acknowledged ones not', async () => {
    const given = lines(5);
    lane(given.map((line) => [line]));
    const source = newSource();
    const bytes = Buffer.byteLength(given.join(''));
    expect(await source.depth()).to.deep.include({ records: 5, bytes, exact: true });

    const claim = await claimed(source, 2);
    expect((await source.depth()).records).to.equal(5);
    await source.acknowledge(claim.receipt);

    expect((await source.depth()).records).to.equal(3);
  });

  it('gives nothing any more once it is closed', async () => {
    lane([lines(1)]);
    const source = newSource();
    await source.close();
    await source.close();

    expect(await source.claim(10, 5000)).to.equal(undefined);
  });

  describe('acknowledges', () => {
    it('in any order, but moves the checkpoint only up to the first gap', async () => {
      const given = lines(3);
      const { directory } = lane(given.map((line) => [line]));
      const ends = framesOf(directory, 1).map(({ end }) => end);
      const source = newSource();
      const [a, b, c] = [await claimed(source), await claimed(source), await claimed(source)] as const;

      await source.acknowledge(c.receipt);
      expect(readCheckpoint(directory)).to.deep.equal(START);
      await source.acknowledge(a.receipt);
      expect(readCheckpoint(directory)).to.deep.equal({ segment: 1, offset: ends[0] });
      await source.acknowledge(b.receipt);
      expect(readCheckpoint(directory)).to.deep.equal({ segment: 1, offset: ends[2] });
    });

    it('so that the next source begins at the checkpoint', async () => {
      const given = lines(5);
      lane(given.map((line) => [line]));
      const source = newSource();
      const [a, , c] = [await claimed(source), await claimed(source), await claimed(source)] as const;
      await source.acknowledge(a.receipt);
      await source.acknowledge(c.receipt);
      await source.close();

      // The second was not acknowledged, so the third comes again with it: at least once.
      expect(await remaining()).to.deep.equal(given.slice(1));
    });

    it('and deletes segments that are done with', async () => {
      const given = lines(4);
      const { directory } = lane(
        given.map((line) => [line]),
        10,
      );
      const source = newSource();
      const claims = [await claimed(source), await claimed(source), await claimed(source)];
      expect(segmentsOf(directory)).to.deep.equal([1, 2, 3, 4]);

      for (const [i, { receipt }] of claims.entries()) {
        await source.acknowledge(receipt);
        expect(segmentsOf(directory)[0]).to.equal(i + 1);
      }
    });

    it('twice, or after a release, without harm', async () => {
      const given = lines(2);
      lane(given.map((line) => [line]));
      const source = newSource();
      const claim = await claimed(source);
      await source.release(claim.receipt);
      await source.release(claim.receipt);
      await source.acknowledge(claim.receipt);

      const again = await claimed(source);
      expect(textOf(again)).to.deep.equal(given.slice(0, 1));
      await source.acknowledge(again.receipt);
      await source.acknowledge(again.receipt);
      await source.release(again.receipt);
      expect(textOf(await claimed(source))).to.deep.equal(given.slice(1));
      expect(await source.claim(1, 0)).to.equal(undefined);
    });

    it('nothing in a lane that another source took over meanwhile', async () => {
      const given = lines(3);
      const { directory } = lane(given.map((line) => [line]));
      const frozen = newSource();
      const late = await claimed(frozen);
      fs.rmSync(path.join(directory, LEASE_FILE));
      const other = newSource();
      await other.acknowledge((await claimed(other, 2)).receipt);
      const checkpoint = readCheckpoint(directory);

      await frozen.acknowledge(late.receipt);

      expect(readCheckpoint(directory)).to.deep.equal(checkpoint);
      await frozen.close();
      await other.close();
      expect(await remaining()).to.deep.equal(given.slice(2));
    });
  });

  describe('releases', () => {
    it('what then comes again, before anything else', async () => {
      const given = lines(3);
      lane(given.map((line) => [line]));
      const source = newSource();
      const [a, b] = [await claimed(source), await claimed(source)] as const;

      await source.release(b.receipt);
      await source.release(a.receipt);

      expect(textOf(await claimed(source))).to.deep.equal(given.slice(0, 1));
      expect(textOf(await claimed(source))).to.deep.equal(given.slice(1, 2));
      expect(textOf(await claimed(source))).to.deep.equal(given.slice(2));
    });

    it('what then comes again in smaller parts, if it is asked for them', async () => {
      const given = lines(4);
      const { directory } = lane(given.map((line) => [line]));
      const source = newSource();
      await source.release((await claimed(source, 4)).receipt);

      const parts = [await claimed(source, 1), await claimed(source, 2), await claimed(source, 9)] as const;

      expect(parts.map(textOf)).to.deep.equal([given.slice(0, 1), given.slice(1, 3), given.slice(3)]);
      await source.acknowledge(parts[2].receipt);
      expect(readCheckpoint(directory)).to.deep.equal(START);
      await source.acknowledge(parts[0].receipt);
      await source.acknowledge(parts[1].receipt);
      expect(isBefore(readCheckpoint(directory), newestOf(directory))).to.equal(false);
    });

    for (const [what, change] of Object.entries({
      'a flipped bit': (bytes: Buffer, at: number): unknown => (bytes[at + 40]! ^= 1),
      'a length that grew': (bytes: Buffer, at: number): unknown => bytes.write('1', at + 10),
    })) {
      it(`all of what is around damage, and tells the damage once: ${what}`, async () => {
        const given = lines(3);
        const writer = lane(given.map((line) => [line]));
        const [, second] = framesOf(writer.directory, 1);
        edit(writer.directory, 1, (bytes) => void change(bytes, second!.start));
        writer.close();
        const source = newSource();
        const claims = [await claimed(source, 100)];
        for (let more = await source.claim(100, 300); more; more = await source.claim(100, 300))
          claims.push(more);
        for (const { receipt } of claims) await source.release(receipt);

        const again: string[] = [];
        for (let more = await source.claim(1, 300); more; more = await source.claim(1, 300)) {
          again.push(...textOf(more));
        }

        expect(claims.flatMap(textOf)).to.deep.equal([given[0], given[2]]);
        expect(again).to.deep.equal([given[0], given[2]]);
        expect(damage).to.have.length(1);
      });
    }
  });

  describe('removes a lane', () => {
    it('when its writer is gone and all is acknowledged', async () => {
      const writer = lane([lines(2)]);
      const source = newSource();
      const claim = await claimed(source, 10);
      writer.close();
      await source.acknowledge(claim.receipt);

      await until(async () => !(await source.claim(1, 0)) && lanesOf(journal).length === 0, {
        what: 'removal',
      });
    });

    it('of a killed process as well, once its records are acknowledged', async () => {
      const child = Child.start('append', [journal, '20', '1000']);
      const { appended } = await child.message<{ appended: string[] }>();
      await child.kill();
      const source = newSource();
      const seen: string[] = [];
      await until(
        async () => {
          const claim = await source.claim(7, 0);
          if (claim) seen.push(...textOf(claim));
          if (claim) await source.acknowledge(claim.receipt);
          return lanesOf(journal).length === 0;
        },
        { what: 'removal' },
      );

      expect(seen).to.deep.equal(appended);
      expect(damage).to.deep.equal([]);
    });

    it('but not while records of it are out', async () => {
      const writer = lane([lines(2)]);
      const source = newSource();
      const claim = await claimed(source, 10);
      writer.close();

      // Long enough for several looks at the writer.
      await source.claim(1, 800);
      expect(lanesOf(journal)).to.deep.equal([writer.directory]);
      await source.release(claim.receipt);
      expect((await claimed(source, 10)).batch.count).to.equal(2);
    });

    it('but not while its writer may append', async () => {
      const writer = lane([lines(1)]);
      const source = newSource();
      await source.acknowledge((await claimed(source)).receipt);
      await source.claim(1, 800);
      const later = lines(1);
      writer.append(later);

      expect(textOf(await claimed(source))).to.deep.equal(later);
    });
  });

  describe('with others on one journal', () => {
    it('shares the lanes, and never reads one that another reads', async () => {
      const given = Array.from({ length: 6 }, () => lines(5));
      for (const records of given) lane(records.map((line) => [line]));
      const [first, second] = [newSource(), newSource((found) => fs.existsSync(found))];
      const a = await claimed(first, 1000);

      expect(await second.claim(1000, 300)).to.equal(undefined);
      expect(textOf(a)).to.have.members(given.flat());
      const more = lines(5);
      lane([more]);
      const [c, d] = await Promise.all([first.claim(1000, 600), second.claim(1000, 600)]);
      expect([c, d].flatMap((claim) => (claim ? textOf(claim) : []))).to.deep.equal(more);
    });

    it('takes the lanes over when another closes', async () => {
      const given = lines(2);
      lane([given]);
      const [first, second] = [newSource(), newSource()];
      await claimed(first);
      await first.close();

      expect(textOf(await claimed(second, 10))).to.deep.equal(given);
    });

    it('takes the lanes of a killed process over at once', async () => {
      const given = lines(3);
      lane([given]);
      const child = Child.start('consume', [journal]);
      expect(await child.message<number>()).to.equal(3);
      const source = newSource();
      expect(await source.claim(10, 300)).to.equal(undefined);

      await child.kill();

      expect(textOf((await source.claim(10, 2000)) as Claim)).to.deep.equal(given);
    });

    it('loses nothing and doubles only what was not acknowledged, whatever happens', async () => {
      const random = Random.seeded();
      const owners = Array.from({ length: 4 }, () => newWriter({ segmentBytes: 3000 }));
      const given: string[] = [];
      const acknowledged = new Set<string>();
      let source = newSource();
      let out: Claim[] = [];
      const checkClaim = (claim: Claim): void => {
        for (const line of textOf(claim)) {
          if (acknowledged.has(line) && !reopened) throw new Error('An acknowledged record came again.');
        }
        out.push(claim);
      };
      let reopened = false;
      for (let i = 0; i < 400; i++) {
        const records = lines(random.below(5), random.below(200));
        given.push(...records);
        if (records.length > 0) random.pick(owners).append(records);
        const claim = await source.claim(1 + random.below(8), 0);
        if (claim) random.check(() => checkClaim(claim));
        const next = out.splice(random.below(out.length + 1), 1)[0];
        if (!next) continue;
        if (random.next() < 0.7) {
          await source.acknowledge(next.receipt);
          for (const line of textOf(next)) acknowledged.add(line);
        } else {
          await source.release(next.receipt);
        }
        if (random.next() < 0.02) {
          await source.close();
          source = newSource();
          out = [];
          reopened = true;
        }
      }
      for (const { receipt } of out) await source.release(receipt);
      for (const owner of owners) owner.close();
      await until(
        async () => {
          const claim = await source.claim(50, 0);
          for (const line of claim ? textOf(claim) : []) acknowledged.add(line);
          if (claim) await source.acknowledge(claim.receipt);
          return lanesOf(journal).length === 0;
        },
        { what: 'all lanes to be done', intervalMs: 1 },
      );

      random.check(() => expect([...acknowledged].sort()).to.deep.equal([...given].sort()));
      expect(damage).to.deep.equal([]);
    });
  });

  it('passes over what is no lane', async () => {
    fs.writeFileSync(path.join(journal, '.gitignore'), '*\n');
    fs.mkdirSync(path.join(journal, 'lost+found'));
    const given = lines(1);
    lane([given]);

    expect(textOf(await claimed(newSource(), 10))).to.deep.equal(given);
  });

  it('passes over a file with the name of a lane', async () => {
    fs.writeFileSync(path.join(journal, randomUUID()), '');
    const given = lines(1);
    lane([given]);

    expect(textOf(await claimed(newSource(), 10))).to.deep.equal(given);
  });

  it('removes what was left long ago by a process that died while it made a lane', async () => {
    const [old, recent] = [`${randomUUID()}.new`, `${randomUUID()}.new`].map((name) =>
      path.join(journal, name),
    );
    for (const directory of [old, recent]) {
      fs.mkdirSync(directory as string);
      fs.writeFileSync(path.join(directory as string, 'owner.json'), '{}');
    }
    const longAgo = new Date(Date.now() - 2 * 3_600_000);
    fs.utimesSync(old as string, longAgo, longAgo);

    await newSource().claim(1, 0);

    expect(fs.readdirSync(journal)).to.deep.equal([path.basename(recent as string)]);
  });

  describe('when one lane cannot be read', () => {
    /** A directory in the place of a segment fails for root, too. */
    const badLane = (): { directory: string; repair: () => void } => {
      const directory = path.join(journal, randomUUID());
      const segment = segmentPath(directory, 1);
      fs.mkdirSync(segment, { recursive: true });
      const repair = (): void => {
        const { directory: donor } = lane([lines(1)]);
        fs.rmdirSync(segment);
        fs.copyFileSync(segmentPath(donor, 1), segment);
      };
      return { directory, repair };
    };

    it('gives the records of the others, tells of it once, and looks again later', async () => {
      const troubles: string[] = [];
      const bad = badLane();
      const given = [lines(1), lines(1)];
      for (const records of given) lane([records]);
      const source = new JournalSource(journal, {
        onDamage: () => undefined,
        onTrouble: (found) => void troubles.push(found),
      });
      sources.push(source);

      expect(textOf(await claimed(source, 10))).to.have.members(given.flat());
      expect(await source.claim(10, 600)).to.equal(undefined);
      expect(troubles).to.deep.equal([bad.directory]);
      bad.repair();
      // The donor's own record, and its copy.
      const batches = [await claimed(source, 10)];
      if (batches[0]?.batch.count === 1) batches.push(await claimed(source, 10));
      expect(batches.flatMap(textOf)).to.have.length(2);
    });

    it('counts the others, and says that the number is not exact', async () => {
      badLane();
      lane([lines(3)]);
      const source = new JournalSource(journal, { onDamage: () => undefined, onTrouble: () => undefined });
      sources.push(source);

      expect(await source.depth()).to.include({ records: 3, exact: false });
    });

    it('loses nothing of what was read before the failure', async () => {
      // More than a reader takes at once, so that it fails in the middle of a stretch.
      const given = Array.from({ length: 10 }, () => aLine(60_000));
      lane(given.map((line) => [line]));
      const source = new JournalSource(journal, { onDamage: () => undefined, onTrouble: () => undefined });
      sources.push(source);
      const { readSync } = fs;
      let reads = 0;
      fs.readSync = ((...args: Parameters<typeof readSync>) => {
        if (++reads === 2) throw new Error('EIO');
        return readSync(...args);
      }) as typeof readSync;
      try {
        expect(await source.claim(1000, 0)).to.equal(undefined);
      } finally {
        fs.readSync = readSync;
      }

      expect(textOf(await claimed(source, 1000))).to.deep.equal(given);
    });

    it('acknowledges again where the checkpoint could not be written', async () => {
      const { directory } = lane(lines(2).map((line) => [line]));
      const source = new JournalSource(journal, { onDamage: () => undefined, onTrouble: () => undefined });
      sources.push(source);
      const claim = await claimed(source, 10);
      const inTheWay = path.join(directory, 'checkpoint');
      fs.rmSync(inTheWay);
      fs.mkdirSync(inTheWay);

      await source.acknowledge(claim.receipt);
      fs.rmdirSync(inTheWay);

      await until(async () => !(await source.claim(1, 0)) && isBefore(START, readCheckpoint(directory)), {
        what: 'the checkpoint',
      });
      expect((await source.depth()).records).to.equal(0);
    });
  });

  it('reads neighbours that were released through one reader', async () => {
    const given = lines(500);
    lane(given.map((line) => [line]));
    const source = newSource();
    const receipts = [];
    for (let i = 0; i < given.length; i++) receipts.push((await claimed(source)).receipt);
    await source.release(...receipts);
    const { openSync } = fs;
    let opened = 0;
    fs.openSync = (...args: Parameters<typeof openSync>) => {
      if (String(args[0]).endsWith('.journal')) opened++;
      return openSync(...args);
    };
    const again: string[] = [];
    try {
      while (again.length < given.length) again.push(...textOf(await claimed(source, 100)));
    } finally {
      fs.openSync = openSync;
    }

    expect(again).to.deep.equal(given);
    expect(opened).to.equal(1);
  });

  it('tells when all that stood in it at a time was handed out, whatever comes later', async () => {
    const writer = lane([lines(1)]);
    const source = newSource();
    const passed = [source.mark(), source.mark(writer.directory)];
    writer.append(lines(1));
    expect(passed.map((each) => each())).to.deep.equal([false, false]);

    const claim = await claimed(source, 1);
    expect(passed.map((each) => each())).to.deep.equal([true, true]);
    await source.release(claim.receipt);
    expect(passed.map((each) => each())).to.deep.equal([false, false]);
  });

  it('begins anew where a checkpoint points to a segment that is gone', async () => {
    const given = lines(3);
    const { directory } = lane(
      given.map((line) => [line]),
      10,
    );
    fs.rmSync(segmentPath(directory, 1));
    writeCheckpoint(directory, { segment: 1, offset: 9999 });

    const source = newSource();
    expect([...textOf(await claimed(source, 1)), ...textOf(await claimed(source, 1))]).to.deep.equal(
      given.slice(1),
    );
  });

  it('gives a record of megabytes in a claim of its size', async () => {
    const given = [aLine(5_000_000), aLine()];
    lane([given]);

    expect(textOf(await claimed(newSource(), 10))).to.deep.equal(given);
  });
});

function newestOf(lane: string): { segment: number; offset: number } {
  const segment = segmentsOf(lane).at(-1) as number;
  return { segment, offset: fs.statSync(segmentPath(lane, segment)).size };
}
