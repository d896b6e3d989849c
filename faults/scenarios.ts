import type { Scenario } from './scenario';
import { APPLICATION_SCENARIOS } from './scenarios/applications';
import { DATABASE_SCENARIOS } from './scenarios/database';
import { DISK_SCENARIOS } from './scenarios/disk';
import { NETWORK_SCENARIOS } from './scenarios/network';
import { REDIS_SCENARIOS } from './scenarios/redis';
import { WORKER_SCENARIOS } from './scenarios/workers';

/** All there are, in the order in which they are run. */
export const SCENARIOS: readonly Scenario[] = [
  ...APPLICATION_SCENARIOS,
  ...WORKER_SCENARIOS,
  ...DATABASE_SCENARIOS,
  ...REDIS_SCENARIOS,
  ...NETWORK_SCENARIOS,
  ...DISK_SCENARIOS,
];
