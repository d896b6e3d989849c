import { expect } from 'chai';

import { play } from '../../faults/arena';
import type { Servers } from '../../faults/arena';
import { SCENARIOS } from '../../faults/scenarios';
import type { DriverName } from '../../lib/config';
import { startPostgres, startRedis } from '../support/servers';

/** AUDIT_TEST_SEED repeats the moments of a run that failed, as far as processes can be repeated. */
const SEED = Number(process.env['AUDIT_TEST_SEED'] ?? Date.now() % 1_000_000);

/** Of `npm run faults` what a test run has time for: one scenario of each kind, with fewer faults. */
const SHORT: readonly (readonly [name: string, driver: DriverName])[] = [
  ['application killed', 'embedded'],
  ['application killed, strict', 'embedded'],
  ['worker killed', 'redis'],
  ['worker killed after its COMMIT', 'embedded'],
  ['connections terminated', 'sync'],
  ['database killed', 'redis'],
  ['Redis emptied', 'redis'],
  ['answer of Redis lost', 'redis'],
  ['journal torn', 'embedded'],
];

describe('Faults', function () {
  this.timeout(240_000);
  let servers: Servers;

  before(async () => {
    servers = { database: await startPostgres(), redis: await startRedis() };
  });
  after(async () => {
    await servers.database.dispose();
    await servers.redis.dispose();
  });

  for (const [name, driver] of SHORT) {
    it(`${name}, driver ${driver}: nothing is lost, nothing doubled (seed ${SEED})`, async () => {
      const scenario = SCENARIOS.find((each) => each.name === name)!;
      const match = await play(servers, { scenario, driver, seed: SEED, isShort: true });
      expect(match.examples).to.deep.equal([]);
      expect(match).to.include({ lost: 0, doubled: 0, unknown: 0 });
      if (scenario.durability === 'strict') expect(match.unreported).to.equal(0);
      expect(match.acknowledged).to.be.greaterThan(100);
      expect([...match.faults.values()].reduce((sum, count) => sum + count, 0)).to.be.greaterThan(0);
    });
  }
});
