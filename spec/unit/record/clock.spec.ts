import { performance } from 'node:perf_hooks';

import { expect } from 'chai';
import sinon from 'sinon';

import { formatTimestamp, nowMicroseconds } from '../../../lib/record/clock';

describe('The clock of records', () => {
  afterEach(() => sinon.restore());

  it('is the wall clock, in whole microseconds', () => {
    const before = Date.now() * 1000;
    const now = nowMicroseconds();

    expect(Number.isInteger(now)).to.equal(true);
    expect(now).to.be.within(before - 2000, Date.now() * 1000 + 3000);
  });

  it('is finer than milliseconds', () => {
    const seen = new Set<number>();
    for (const start = performance.now(); performance.now() - start < 20;) seen.add(nowMicroseconds() % 1000);

    expect(seen.size).to.be.above(100);
  });

  it('goes forward while the wall clock does', () => {
    let last = 0;
    for (let i = 0; i < 10_000; i++) {
      const now = nowMicroseconds();
      expect(now).to.be.at.least(last - 2000);
      last = Math.max(last, now);
    }
  });

  it('follows the system clock when that is set forward and back', () => {
    const wall = Date.now();
    const clock = sinon.stub(Date, 'now');
    for (const minutes of [0, 90, -90, 0]) {
      clock.returns(wall + minutes * 60_000);

      expect(nowMicroseconds()).to.be.closeTo((wall + minutes * 60_000) * 1000, 3000);
    }
  });

  it('writes times in UTC with six digits, which sort as text', () => {
    expect(formatTimestamp(0)).to.equal('1970-01-01 00:00:00.000000+00:00');
    expect(formatTimestamp(1)).to.equal('1970-01-01 00:00:00.000001+00:00');
    expect(formatTimestamp(-1)).to.equal('1969-12-31 23:59:59.999999+00:00');
    expect(formatTimestamp(1_764_000_000_999_999)).to.equal('2025-11-24 16:00:00.999999+00:00');
    expect(formatTimestamp(1_764_000_001_000_000)).to.equal('2025-11-24 16:00:01.000000+00:00');
  });

  it('writes the same as Date does for any time, in whatever order', () => {
    for (const time of [0, 1_764_000_000_000, 951_782_400_123, 1, 1_764_000_000_001, 4_102_444_799_999]) {
      const iso = new Date(time).toISOString();

      expect(formatTimestamp(time * 1000)).to.equal(`${iso.slice(0, -1).replace('T', ' ')}000+00:00`);
    }
  });
});
