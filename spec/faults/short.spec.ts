import { expect } from 'chai';

import type { Servers } from '../../faults/game';
import { play } from '../../faults/play';
import type { DatabaseKind } from '../../faults/scenario';
import { SCENARIOS } from '../../faults/scenarios';
import type { DriverName } from '../../lib/options';
import { startMariadb, startPostgres, startRedis } from '../support/servers';

/** AUDIT_TEST_SEED repeats the moments of a run that failed, as far as processes can be repeated. */
const SEED = Number(process.env['AUDIT_TEST_SEED'] ?? Date.now() % 1_000_000);

/** Of `npm run faults` what a test run has time for: one scenario of each kind, with fewer faults. */
const SHORT: readonly (readonly [name: string, database: DatabaseKind, driver: DriverName])[] = [
  ['application killed', 'sqlite', 'embedded'],
  ['application killed, strict', 'postgres', 'embedded'],
  ['hostile values', 'postgres', 'embedded'],
  ['worker killed', 'postgres', 'redis'],
  ['worker killed after its COMMIT', 'mariadb', 'embedded'],
  ['connections terminated', 'postgres', 'sync'],
  ['database killed', 'postgres', 'redis'],
  ['Redis emptied', 'postgres', 'redis'],
  ['answer of Redis lost', 'postgres', 'redis'],
  ['journal torn', 'postgres', 'embedded'],
];

describe('Faults', function () {
  this.timeout(240_000);
  let servers: Servers;

  before(async () => {
    servers = {
      postgres: await startPostgres(),
      mariadb: await startMariadb(),
      redis: await startRedis(),
    };
  });
  after(async () => {
    for (const server of [servers.postgres, servers.mariadb, servers.redis]) await server.dispose();
  });

  for (const [name, database, driver] of SHORT) {
    it(`${name}, ${database}, driver ${driver}: nothing is lost, nothing doubled (seed ${SEED})`, async () => {
      const scenario = SCENARIOS.find((each) => each.name === name)!;
      const match = await play(servers, { scenario, database, driver, seed: SEED, isShort: true });
      expect(match.examples).to.deep.equal([]);
      expect(match).to.include({ lost: 0, doubled: 0, unknown: 0 });
      if (scenario.durability === 'strict') expect(match.unreported).to.equal(0);
      expect(match.acknowledged).to.be.greaterThan(100);
      expect([...match.faults.values()].reduce((sum, count) => sum + count, 0)).to.be.greaterThan(0);
    });
  }
});
