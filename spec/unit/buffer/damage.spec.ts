import fs from 'node:fs';
import path from 'node:path';

import { expect } from 'chai';
import fc from 'fast-check';

import { JournalSource } from '../../../lib/buffer/journal/journal-source';
import { lanesOf, segmentPath, segmentsOf } from '../../../lib/buffer/journal/lane';
import type { Damage } from '../../../lib/buffer/journal/lane-reader';
import { LaneWriter } from '../../../lib/buffer/journal/lane-writer';
import { settingAside } from '../../../lib/buffer/journal/set-aside';
import { temporaryFolder } from '../../support/servers';
import { until } from '../../support/until';
import { framesOf, readLane } from '../helpers/lanes';
import type { Frame } from '../helpers/lanes';
import { MemoryLogger } from '../helpers/logger';
import { lines, linesOf } from '../helpers/records';

/** A byte of a damaged segment: what it is now, and where it stood; nowhere, if it is not what it was. */
interface Byte {
  readonly now: number;
  readonly was: number | undefined;
}

type Hurt = (segment: readonly Byte[]) => readonly Byte[];

/** Where it happens, from 0 to 1, and to how many bytes. */
const place = {
  at: fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
  size: fc.integer({ min: 1, max: 900 }),
};
const foreign = (now: number): Byte => ({ now, was: undefined });
const from = (segment: readonly Byte[], at: number): number => Math.floor(at * segment.length);

const hurts: fc.Arbitrary<Hurt> = fc.oneof(
  fc.record({ ...place, bit: fc.integer({ min: 0, max: 7 }) }).map(
    ({ at, bit }): Hurt =>
      (segment) =>
        segment.map((byte, index) => (index === from(segment, at) ? foreign(byte.now ^ (1 << bit)) : byte)),
  ),
  // What a power cut leaves of a block that was never written.
  fc.record(place).map(({ at, size }): Hurt => (segment) => {
    const start = from(segment, at);
    return segment.map((byte, index) => (index >= start && index < start + size ? foreign(0) : byte));
  }),
  fc.record(place).map(
    ({ at }): Hurt =>
      (segment) =>
        segment.slice(0, from(segment, at)),
  ),
  fc.record(place).map(({ at, size }): Hurt => (segment) => {
    const start = from(segment, at);
    return [...segment.slice(0, start), ...segment.slice(start + size)];
  }),
  fc
    .record({ ...place, bytes: fc.uint8Array({ min: 0, max: 255, minLength: 1, maxLength: 300 }) })
    .map(({ at, bytes }): Hurt => (segment) => {
      const start = from(segment, at);
      // Lines that begin with # are remarks, and passed over.
      const laid = [...bytes].filter((byte) => byte !== 0x23).map(foreign);
      return [...segment.slice(0, start), ...laid, ...segment.slice(start)];
    }),
);

const script = fc.record({
  appends: fc.array(
    fc.record({ records: fc.integer({ min: 1, max: 4 }), bytes: fc.integer({ min: 0, max: 400 }) }),
    {
      minLength: 1,
      maxLength: 25,
    },
  ),
  segmentBytes: fc.constantFrom(600, 2500, 1_000_000),
  hurts: fc.array(fc.tuple(fc.nat(), hurts), { minLength: 1, maxLength: 5 }),
  limit: fc.integer({ min: 1, max: 20 }),
});

type Script = typeof script extends fc.Arbitrary<infer T> ? T : never;

describe('A journal with damage at random places', () => {
  let journal: string;

  beforeEach(() => {
    journal = path.join(temporaryFolder(), 'journal');
  });

  interface Hurtful {
    readonly lane: string;
    /** What must arrive. */
    readonly whole: string[];
    /** Of each segment, the places of frames that are whole. */
    readonly kept: Map<number, { start: number; end: number }[]>;
  }

  const hurtLane = ({ appends, segmentBytes, hurts: done }: Script): Hurtful => {
    const writer = new LaneWriter(journal, { segmentBytes });
    for (const { records, bytes } of appends) writer.append(lines(records, bytes));
    writer.close();
    const segments = segmentsOf(writer.directory);
    const whole: string[] = [];
    const kept: Hurtful['kept'] = new Map();
    for (const [index, segment] of segments.entries()) {
      const file = segmentPath(writer.directory, segment);
      const frames = framesOf(writer.directory, segment);
      let bytes: readonly Byte[] = [...fs.readFileSync(file)].map((now, was) => ({ now, was }));
      for (const [which, hurt] of done) if (which % segments.length === index) bytes = hurt(bytes);
      fs.writeFileSync(file, Buffer.from(bytes.map(({ now }) => now)));
      const places = frames.flatMap((frame) => placeOf(frame, bytes));
      kept.set(segment, places);
      whole.push(...places.flatMap((each) => each.frame.lines));
    }
    return { lane: writer.directory, whole, kept };
  };

  it('gives each record whose frame is whole, in order, once, and all else as damage', function () {
    this.timeout(120_000);
    fc.assert(
      fc.property(script, (steps) => {
        const { lane, whole, kept } = hurtLane(steps);

        const { lines: read, damage } = readLane(lane, { limit: steps.limit });

        expect(read).to.deep.equal(whole);
        expect(readLane(lane, { final: false }).lines).to.deep.equal(whole);
        for (const [segment, frames] of kept) expectAll(segmentPath(lane, segment), frames, damage);
        fs.rmSync(lane, { recursive: true });
      }),
      { numRuns: 150 },
    );
  });

  it('is emptied by a worker, and what is damaged lies aside', async function () {
    this.timeout(120_000);
    await fc.assert(
      fc.asyncProperty(fc.array(script, { minLength: 3, maxLength: 3 }), async (lanes) => {
        const whole = lanes.flatMap((steps) => hurtLane(steps).whole);
        const folder = path.join(temporaryFolder(), 'damaged');
        const logger = new MemoryLogger();
        const source = new JournalSource(journal, { onDamage: settingAside(folder, logger) });
        const read: string[] = [];
        let turn = 0;

        await until(
          async () => {
            const claim = await source.claim(20, 0);
            if (!claim) return lanesOf(journal).length === 0;
            if (++turn % 4 === 0) return source.release(claim.receipt).then(() => false);
            read.push(...linesOf(claim.batch.lines));
            return source.acknowledge(claim.receipt).then(() => false);
          },
          { what: 'the lanes to be removed', intervalMs: 1 },
        );
        await source.close();

        expect(read).to.have.members(whole);
        expect(read).to.have.length(whole.length);
        const files = fs.existsSync(folder) ? fs.readdirSync(folder) : [];
        expect(logger.errors).to.have.length(files.length);
      }),
      { numRuns: 10 },
    );
  });
});

/** Where a frame stands now, if all of it is what it was, and in one piece. */
function placeOf(frame: Frame, bytes: readonly Byte[]): { start: number; end: number; frame: Frame }[] {
  const start = bytes.findIndex(({ was }) => was === frame.start);
  const length = frame.end - frame.start;
  if (start < 0 || start + length > bytes.length) return [];
  for (let index = 0; index < length; index++)
    if (bytes[start + index]?.was !== frame.start + index) return [];
  return [{ start, end: start + length, frame }];
}

/** A file consists of frames, damage and remarks; none of them lies within another. */
function expectAll(
  file: string,
  frames: readonly { start: number; end: number }[],
  damage: readonly Damage[],
): void {
  const bytes = fs.readFileSync(file);
  const found = damage.filter((each) => each.file === file);
  for (const { offset, bytes: aside } of found) {
    expect(aside).to.deep.equal(bytes.subarray(offset, offset + aside.length));
  }
  const parts = [
    ...frames,
    ...found.map(({ offset, bytes: aside }) => ({ start: offset, end: offset + aside.length })),
  ].sort((a, b) => a.start - b.start);
  let at = 0;
  for (const { start, end } of [...parts, { start: bytes.length, end: bytes.length }]) {
    expect(start).to.be.at.least(at);
    if (start > at) expect(bytes.toString('latin1', at, start)).to.match(/^(#[^\n]*\n)+$/);
    at = end;
  }
}
