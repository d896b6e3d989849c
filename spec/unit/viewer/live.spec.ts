import { expect } from 'chai';

import type { TrailStatusJson } from '../../../viewer/api/status';
import { lastRecovery, sampleOf, waitingIn } from '../../../viewer/pages/live/sample';
import { troublesOf } from '../../../viewer/pages/live/troubles-of';

const NONE = { records: 0, bytes: 0 };
const WORKER = {
  id: 'w',
  host: 'app-1',
  pid: 1,
  version: '1.0.0',
  stored: 0,
  rescued: 0,
  buried: 0,
  storedPerSecond: 2,
  startedAt: '2026-05-03T11:00:00Z',
  seenAt: '2026-05-03T12:00:00Z',
  atWork: true,
  recoveredAt: null,
  lastError: null,
};

function status(change: Partial<TrailStatusJson> = {}): TrailStatusJson {
  return {
    database: { name: 'shop', reachable: true, error: null },
    migrations: { executed: [], pending: [] },
    driver: 'redis',
    directory: '.audit',
    buffer: { records: 5, bytes: 100, exact: true, error: null },
    journal: { records: 7, bytes: 100 },
    journalLimit: { bytes: 10, limit: 1000 },
    rescue: NONE,
    buried: NONE,
    prepared: NONE,
    unconfirmed: NONE,
    damaged: [],
    oldestWaiting: null,
    stored: null,
    rates: {
      lastMinute: { records: 1, exact: true },
      lastHour: { records: 1, exact: true },
      storedPerSecond: 2,
    },
    workers: [WORKER],
    tasks: null,
    ...change,
  };
}

describe('the live page', () => {
  it('counts what waits once, though journal and stream both hold it', () => {
    expect(waitingIn(status())).to.equal(7);
    expect(waitingIn(status({ journal: null, rescue: { records: 3, bytes: 1 } }))).to.equal(8);
    expect(waitingIn(status({ buffer: null }))).to.equal(0);
    const unread = { records: null, bytes: null, exact: null, error: 'away' };
    expect(waitingIn(status({ buffer: unread, journal: null }))).to.equal(null);
  });

  it('draws what is known', () => {
    const now = '2026-05-03T12:00:00.000Z';
    expect(sampleOf({ now, status: status() })).to.deep.equal({ at: now, waiting: 7, storedPerSecond: 2 });
    expect(sampleOf({ now, status: status({ rates: null }) }).storedPerSecond).to.equal(null);
  });

  it('tells when somebody looked through the rescue files last', () => {
    const at = (recoveredAt: string | null): typeof WORKER => ({
      ...WORKER,
      recoveredAt: recoveredAt as null,
    });
    const workers = [at('2026-05-03T10:00:00Z'), at('2026-05-03T11:00:00Z'), at(null)];
    expect(lastRecovery(status({ workers }))).to.equal('2026-05-03T11:00:00Z');
    expect(lastRecovery(status({ workers: null }))).to.equal(null);
  });

  it('has nothing to complain of where all is well', () => {
    expect(troublesOf(status())).to.deep.equal([]);
    expect(troublesOf(status({ oldestWaiting: { createdAt: '', seconds: 59 } }))).to.deep.equal([]);
  });

  const troubles: [string, Partial<TrailStatusJson>, RegExp][] = [
    ['a database that is away', { database: { name: '', reachable: false, error: 'refused' } }, /refused/],
    ['pending migrations', { migrations: { executed: [], pending: ['4'] } }, /audit migrate/],
    [
      'a buffer that cannot be read',
      { buffer: { records: 0, bytes: 0, exact: true, error: 'WRONGPASS' } },
      /WRONGPASS/,
    ],
    [
      'records that wait for a worker',
      { workers: [], oldestWaiting: { createdAt: '', seconds: 90 } },
      /audit work/,
    ],
    ['records that workers do not take', { oldestWaiting: { createdAt: '', seconds: 90 } }, /complain/],
    ['a journal that fills', { journalLimit: { bytes: 600, limit: 1000 } }, /600 bytes of 1,000 bytes/],
    ['buried records', { buried: { records: 2, bytes: 1 } }, /2 records refused/],
    ['unconfirmed records', { unconfirmed: { records: 1, bytes: 1 } }, /1 record came to be/],
    ['damage', { damaged: [{ file: 'x', bytes: 1 }] }, /damaged/],
  ];
  for (const [name, change, expected] of troubles) {
    it(`tells of ${name}`, () => {
      const told = troublesOf(status(change));
      expect(told).to.have.length(1);
      expect(told[0]).to.match(expected);
    });
  }
});
