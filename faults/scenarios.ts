import type { Scenario } from './scenario';
import { DATABASE_SCENARIOS } from './scenarios/database';
import { DISK_SCENARIOS } from './scenarios/disk';
import { NETWORK_SCENARIOS } from './scenarios/network';
import { PROCESS_SCENARIOS } from './scenarios/processes';
import { REDIS_GROUP_SCENARIOS } from './scenarios/redis-groups';
import { REDIS_SCENARIOS } from './scenarios/redis';

/** All there are, in the order in which they are run. */
export const SCENARIOS: readonly Scenario[] = [
  ...PROCESS_SCENARIOS,
  ...DATABASE_SCENARIOS,
  ...REDIS_SCENARIOS,
  ...REDIS_GROUP_SCENARIOS,
  ...NETWORK_SCENARIOS,
  ...DISK_SCENARIOS,
];
