import { expect } from 'chai';
import sinon from 'sinon';

import { parseMoment } from '../../cli/dates';

const NOW = new Date(2026, 10, 28, 20, 30, 15, 123);
const HOUR = 3_600_000;

describe('The dates of options', () => {
  let clock: sinon.SinonFakeTimers;
  before(() => {
    clock = sinon.useFakeTimers({ now: NOW, toFake: ['Date'] });
  });
  after(() => clock.restore());

  const understood: [text: string, moment: Date][] = [
    ['now', NOW],
    ['Today', new Date(2026, 10, 28)],
    ['yesterday', new Date(2026, 10, 27)],
    ['2h', new Date(NOW.getTime() - 2 * HOUR)],
    ['30m', new Date(NOW.getTime() - HOUR / 2)],
    ['3 days', new Date(NOW.getTime() - 72 * HOUR)],
    ['2 hours ago', new Date(NOW.getTime() - 2 * HOUR)],
    ['1.5h', new Date(NOW.getTime() - 1.5 * HOUR)],
    ['2026-01-31', new Date(2026, 0, 31)],
    ['2026-01-31T12:00', new Date(2026, 0, 31, 12)],
    ['2026-01-31 12:00:30.5', new Date(2026, 0, 31, 12, 0, 30, 500)],
    ['2026-01-31T12:00:00Z', new Date(Date.UTC(2026, 0, 31, 12))],
    ['2026-01-31T12:00:00+02:00', new Date(Date.UTC(2026, 0, 31, 10))],
    ['2024-02-29', new Date(2024, 1, 29)],
  ];
  for (const [text, moment] of understood) {
    it(`understands ${text}`, () => {
      expect(parseMoment(text).toISOString()).to.equal(moment.toISOString());
    });
  }

  const wrong = ['', '5', '-2h', '2 parsecs', '2026-02-31', '2026-13-01', '2026-01-31T25:00', '2026-01-31Tnoon',
    '2026-01-31T12:00 ago', '31.1.2026', `${'9'.repeat(99)}y`, 'tomorrow']; // prettier-ignore
  for (const text of wrong) {
    it(`says what it understands instead of "${text.slice(0, 30)}"`, () => {
      expect(() => parseMoment(text)).to.throw(
        /Understood are dates \(2026-01-31, .* now, today, yesterday\./,
      );
    });
  }

  it('names the word that may be meant', () => {
    expect(() => parseMoment('yesterdy')).to.throw(/Did you mean "yesterday"\?$/);
  });
});
