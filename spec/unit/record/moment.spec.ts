import { expect } from 'chai';

import { AuditError } from '../../../lib';
import { earliest, lowestIdAt, timeOfId } from '../../../lib/record/id-time';
import { dateOf } from '../../../lib/record/moment';
import type { Moment } from '../../../lib/record/moment';

describe('A moment', () => {
  it('is a Date, a number of milliseconds, or ISO 8601 text', () => {
    const same: Moment[] = [
      new Date(Date.UTC(2026, 2, 1)), Date.UTC(2026, 2, 1), '2026-03-01', '2026-03', '2026-03-01T00:00Z', '2026-03-01t00:00:00.000z',
      '2026-03-01 01:00:00+01:00', '2026-02-28T19:30:00-0430', '2026-03-01T00:00:00.000999Z', '2026-03-01T00:00:00,000Z',
    ]; // prettier-ignore
    for (const moment of same) expect(dateOf(moment, 'It').toISOString(), String(moment)).to.equal('2026-03-01T00:00:00.000Z');
    expect(dateOf('2026-03-01T10:00', 'It').getTime()).to.equal(new Date(2026, 2, 1, 10).getTime());
    expect(dateOf('2024-02-29', 'It').getUTCDate()).to.equal(29);
    const given = new Date();
    expect(dateOf(given, 'It')).not.to.equal(given);
  }); // prettier-ignore

  it('is nothing else: not what Date guesses, no day that is in no calendar, no year that databases do not know', () => {
    const wrong: unknown[] = [
      '', 'yesterday', 'order 5', '5', '03/01/2026', '2026-02-29', '2026-13-01', '2026-00-01', '2026-03-00', '2026-03-01T25:00Z', '2026-03-01T10', '2026', ' 2026-03-01',
      '2026-03-01T10:00Z; DROP', '+12026-03-01', NaN, Infinity, Date.now() * 1000, -1e15, new Date(NaN), new Date(8.64e15), '0999-12-31',
      null, undefined, {}, [], [2026], true, 5n, Symbol('x'), { getTime: () => 0 },
    ]; // prettier-ignore
    for (const moment of wrong) {
      const attempt = (): Date => dateOf(moment as Moment, 'The filter "since"');
      expect(attempt, String(moment)).to.throw(AuditError, /^The filter "since" must be a date .*; got /s);
    }
    expect(() => dateOf('x'.repeat(1e6), 'It'))
      .to.throw(AuditError)
      .with.property('message')
      .with.length.below(300);
  });
});

describe('The time in an id', () => {
  it('is that of the lowest one, and of all between two', () => {
    for (const time of [0, 1, Date.UTC(2026, 0), 2 ** 48 - 1])
      expect(timeOfId(lowestIdAt(time))).to.equal(time);
    expect(lowestIdAt(5.9)).to.equal(lowestIdAt(5));
    expect(lowestIdAt(-5)).to.equal(lowestIdAt(0));
    expect(lowestIdAt(1e300)).to.equal(lowestIdAt(2 ** 48 - 1));
    expect(lowestIdAt(255) < lowestIdAt(256)).to.equal(true);
    for (const id of ['', 'x', '00000000-0000-4000-8000-000000000000'])
      expect(timeOfId(id)).to.equal(undefined);
  });

  it('is compared by earliest()', () => {
    expect(earliest([])).to.equal(null);
    expect(earliest([null, undefined])).to.equal(null);
    expect(earliest([new Date(7), 5, null])).to.deep.equal(new Date(5));
  });
});
