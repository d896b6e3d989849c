import { setTimeout as delay } from 'node:timers/promises';

import type { Scenario } from '../scenario';
import { startCluster, startSentinels } from '../support/redis-group';
import type { RedisGroup } from '../support/redis-group';

/** Faults of Redis where it is more than one server. */
export const REDIS_GROUP_SCENARIOS: readonly Scenario[] = [
  inGroup(
    'Sentinel failover',
    'SIGKILL of the master; three Sentinels make its replica the master, without what was not replicated',
    startSentinels,
  ),
  inGroup(
    'Cluster node killed',
    'SIGKILL of that node of three which has the stream; it comes back empty',
    startCluster,
  ),
];

function inGroup(name: string, fault: string, start: () => Promise<RedisGroup>): Scenario {
  return {
    name,
    fault,
    drivers: ['redis'],
    async run(arena) {
      const group = await start();
      arena.useRedis(group);
      await arena.startApplication();
      await arena.startWorker();
      for (let round = 0; round < arena.times(3); round++) {
        await delay(arena.random.between(300, 1_000));
        await group.failOver();
        arena.count(name);
      }
    },
  };
}
