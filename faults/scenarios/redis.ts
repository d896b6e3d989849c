import { setTimeout as delay } from 'node:timers/promises';

import { Redis } from 'ioredis';

import type { Arena } from '../arena';
import type { Scenario } from '../scenario';

/** Faults of Redis, which here keeps nothing on its disk. */
export const REDIS_SCENARIOS: readonly Scenario[] = [
  {
    name: 'Redis killed',
    fault: 'SIGKILL of a Redis without persistence, which comes back empty',
    drivers: ['redis'],
    async run(arena) {
      await arena.startWorker();
      for (let kill = 0; kill < arena.times(5); kill++) {
        await delay(arena.random.between(200, 600));
        await arena.servers.redis.stop('SIGKILL');
        arena.count('Redis killed');
        await delay(arena.random.between(0, 400));
        await arena.servers.redis.start();
      }
    },
  },
  {
    name: 'Redis emptied',
    fault: 'FLUSHALL again and again',
    drivers: ['redis'],
    async run(arena) {
      await arena.startWorker();
      for (let round = 0; round < arena.times(10); round++) {
        await delay(arena.random.between(50, 400));
        await command(arena, (redis) => redis.flushall());
        arena.count('Redis emptied');
      }
    },
  },
  {
    name: 'group destroyed',
    fault: 'XGROUP DESTROY of the workers’ group (NOGROUP)',
    drivers: ['redis'],
    async run(arena) {
      await arena.startWorker();
      for (let round = 0; round < arena.times(6); round++) {
        await delay(arena.random.between(100, 400));
        await command(arena, async (redis) => {
          for (const key of await redis.keys('{faults-*:stream'))
            await redis.xgroup('DESTROY', key, 'writers');
        });
        arena.count('group destroyed');
      }
    },
  },
  {
    name: 'Redis full',
    fault: 'maxmemory below what is stored (OOM), without a worker, then with one',
    drivers: ['redis'],
    async run(arena) {
      for (let round = 0; round < arena.times(3); round++) {
        await command(arena, (redis) => redis.config('SET', 'maxmemory', '1mb'));
        arena.count('Redis full');
        await delay(arena.random.between(300, 900));
        await command(arena, (redis) => redis.config('SET', 'maxmemory', '0'));
        if (round === 1) await arena.startWorker();
        await delay(arena.random.between(100, 400));
      }
    },
  },
  {
    name: 'Redis read-only',
    fault: 'Redis becomes a replica of nobody it can reach (READONLY), and a master again',
    drivers: ['redis'],
    async run(arena) {
      await arena.startWorker();
      for (let round = 0; round < arena.times(4); round++) {
        await command(arena, (redis) => redis.replicaof('127.0.0.1', 1));
        arena.count('Redis read-only');
        await delay(arena.random.between(200, 700));
        await command(arena, (redis) => redis.replicaof('NO', 'ONE'));
        await delay(arena.random.between(200, 400));
      }
    },
  },
];

async function command<T>(arena: Arena, work: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = new Redis(arena.servers.redis.url);
  try {
    return await work(redis);
  } finally {
    redis.disconnect();
  }
}
