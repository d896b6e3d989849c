import fs from 'node:fs';
import path from 'node:path';

import { expect } from 'chai';
import sinon from 'sinon';

import { inParts, PendingRecords } from '../../../lib/trail/pending-records';
import type { Deliverable } from '../../../lib/trail/pending-records';
import { temporaryFolder } from '../../support/servers';
import { Random } from '../helpers/random';

/** Larger than what stays in memory. */
const MANY = 8_000;

describe('The records of several writes', () => {
  it('are given in parts, those beside what cannot be read too, and what is lost is told', () => {
    const ok = (name: string): Deliverable => ({ count: 1, batches: () => [[name]] });
    const bad: Deliverable = {
      count: 3,
      *batches() {
        yield ['c'];
        throw new Error('the file is gone');
      },
    };
    const lost: unknown[] = [];
    const parts = [...inParts([ok('a'), bad, ok('b')], (...told) => lost.push(told))];
    expect(parts).to.deep.equal([['a', 'c', 'b']]);
    expect(lost).to.have.length(1);
    expect(lost[0]).to.have.property('0', 2);
  });
});

describe('The pending records of a transaction', () => {
  let directory: string;
  let made = 0;
  const some = (count: number): string[] =>
    Array.from({ length: count }, () => `${(made += 1)}\t${'ä🍵x'.repeat(200)}\n`);
  const read = (pending: PendingRecords): string[] => [...pending.batches()].flat();

  beforeEach(() => {
    directory = path.join(temporaryFolder(), 'audit');
  });
  afterEach(() => sinon.restore());

  it('stay in memory while they are few', () => {
    const pending = new PendingRecords(() => expect.fail('no directory is needed'));
    const lines = some(100);
    pending.add(lines);
    expect(pending.count).to.equal(100);
    expect(read(pending)).to.deep.equal(lines);
  });

  it('come back from disk in order, and leave nothing there', () => {
    const pending = new PendingRecords(() => directory);
    const lines = some(MANY);
    for (let start = 0; start < MANY; start += 70) pending.add(lines.slice(start, start + 70));
    expect(pending.count).to.equal(MANY);
    expect(read(pending)).to.deep.equal(lines);
    expect(fs.readdirSync(directory)).to.deep.equal([]);
    expect(Math.max(...[...pending.batches()].map((batch) => batch.length))).to.be.lessThan(MANY);
    pending.discard();
    expect(read(pending)).to.deep.equal([]);
  });

  it('are cut wherever a savepoint began, and go on from there', () => {
    const random = Random.seeded();
    const told = `AUDIT_TEST_SEED=${random.seed}`;
    for (let round = 0; round < 10; round++) {
      const pending = new PendingRecords(() => directory);
      let expected: string[] = [];
      for (let step = 0; step < 8; step++) {
        const lines = some(random.below(2_500));
        pending.add(lines);
        expected.push(...lines);
        const keep = random.below(expected.length + 1);
        if (step % 2 === 1) {
          pending.cut(keep);
          expected = expected.slice(0, keep);
        }
        expect(pending.count, told).to.equal(expected.length);
      }
      expect(read(pending), told).to.deep.equal(expected);
      pending.discard();
    }
  });

  it('stay in memory, all of them, where the disk takes nothing', () => {
    fs.writeFileSync(directory, '');
    const pending = new PendingRecords(() => directory);
    const lines = some(MANY);
    pending.add(lines);
    expect(read(pending)).to.deep.equal(lines);
  });

  it('lose none when the disk is full in between', () => {
    const pending = new PendingRecords(() => directory);
    const lines = some(MANY);
    pending.add(lines.slice(0, 7_000));
    sinon.stub(fs, 'writeSync').onFirstCall().returns(10).onSecondCall().throws(new Error('ENOSPC'));
    pending.add(lines.slice(7_000));
    expect(pending.count).to.equal(MANY);
    expect(read(pending)).to.deep.equal(lines);
  });
});
