import { expect } from 'chai';

import { byDay } from '../../../viewer/time/days';
import { fieldOf, isoOf } from '../../../viewer/time/fields';
import { exactUtc, millisOf } from '../../../viewer/time/instant';
import {
  clockTime,
  dayKey,
  dayName,
  duration,
  englishOf,
  fullTime,
  longTime,
  shortTime,
} from '../../../viewer/time/words';
import type { Writing } from '../../../viewer/time/words';

const UTC: Writing = { zone: 'utc', locale: 'en-GB' };
const NOW = Date.parse('2026-05-03T12:00:00Z');

describe('times in the viewer', () => {
  it('are short where they are read in passing', () => {
    const short = (iso: string): string => shortTime(iso, NOW, UTC);
    expect(short('2026-05-03T11:59:30Z')).to.equal('just now');
    expect(short('2026-05-03T12:00:30Z')).to.equal('just now');
    expect(short('2026-05-03T11:58:59Z')).to.equal('1 minute ago');
    expect(short('2026-05-03T11:15:00Z')).to.equal('45 minutes ago');
    expect(short('2026-05-03T09:05:00Z')).to.equal('today, 09:05');
    expect(short('2026-05-02T23:59:59Z')).to.equal('yesterday, 23:59');
    expect(short('2026-02-01T08:00:00Z')).to.equal('1 Feb, 08:00');
    expect(short('2024-02-01T08:00:00Z')).to.equal('1 Feb 2024, 08:00');
    expect(short('2026-05-03T18:00:00Z')).to.equal('today, 18:00');
    expect(short('no time')).to.equal('no time');
  });

  it('keep their microseconds', () => {
    expect(exactUtc('2026-05-03T12:00:00.123456Z')).to.equal('2026-05-03 12:00:00.123456 UTC');
    expect(exactUtc('2026-05-03T14:00:00.5+02:00')).to.equal('2026-05-03 12:00:00.5 UTC');
    expect(exactUtc('2026-05-03T12:00:00Z')).to.equal('2026-05-03 12:00:00 UTC');
    expect(exactUtc('soon')).to.equal('soon');
    expect(millisOf('2026-05-03T12:00:00.123456Z') - NOW).to.be.closeTo(123.456, 0.001);
    expect(millisOf('soon')).to.be.NaN;
  });

  it('are written out with their zone', () => {
    expect(longTime('2026-05-03T12:00:05Z', UTC)).to.match(/^Sun,? 3 May 2026 at 12:00:05 UTC$/);
    expect(fullTime('2026-05-03T12:00:05.25Z', UTC)).to.equal('2026-05-03 12:00:05.25 UTC');
    expect(fullTime('2026-05-03T12:00:05.25Z', { ...UTC, zone: 'local' })).to.match(
      /2026.* · 2026-05-03 12:00:05\.25 UTC$/,
    );
    expect(clockTime('2026-05-03T12:34:56Z', UTC)).to.equal('12:34');
    expect(clockTime('2026-05-03T12:34:56Z', UTC, true)).to.equal('12:34:56');
  });

  it('come together by day, in the order they have', () => {
    const times = ['2026-05-03T01:00:00Z', '2026-05-02T23:00:00Z', '2026-05-02T01:00:00Z'];
    const days = byDay(
      times.map((createdAt) => ({ createdAt })),
      'utc',
    );
    expect(days.map(({ day, items }) => [day, items.length])).to.deep.equal([
      ['2026-05-03', 1],
      ['2026-05-02', 2],
    ]);
    expect(days.map(({ day }) => dayName(day, NOW, UTC))).to.deep.equal(['Today', 'Yesterday']);
    expect(dayName('2024-02-29', NOW, UTC)).to.match(/^Thursday,? 29 February 2024$/);
    expect(dayKey('no time', 'utc')).to.equal('');
  });

  it('go through a field and back, in both zones', () => {
    for (const zone of ['utc', 'local'] as const) {
      for (const iso of ['2026-05-03T12:00:00.000Z', '2026-12-31T23:59:59.000Z']) {
        expect(isoOf(fieldOf(iso, zone), zone)).to.equal(iso);
      }
    }
    expect(fieldOf('2026-05-03T12:00:00.000Z', 'utc')).to.equal('2026-05-03T12:00');
    expect([fieldOf('never', 'utc'), isoOf('', 'utc'), isoOf('never', 'local')]).to.deep.equal(['', '', '']);
  });

  it('that last are told in two units at most', () => {
    expect([0.4, 45, 200, 7500, 200_000].map(duration)).to.deep.equal([
      '0 s',
      '45 s',
      '3 min 20 s',
      '2 h 5 min',
      '2 days',
    ]);
  });

  it('are in English, in the reader’s kind of it', () => {
    expect(englishOf(['de-DE', 'en-AU', 'en-US'])).to.equal('en-AU');
    expect(englishOf(['de-DE'])).to.equal('en-GB');
  });
});
