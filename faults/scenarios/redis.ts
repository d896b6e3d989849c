import fs from 'node:fs';

import { Redis } from 'ioredis';

import { newFolder } from '../../spec/support/servers/run-folder';
import { until } from '../../spec/support/until';
import type { Arena } from '../arena';
import { on } from '../scenario';
import type { Scenario } from '../scenario';
import { startCluster, startLone, startSentinels } from '../support/redis-group';
import type { RedisGroup } from '../support/redis-group';

const places = on('postgres', 'redis');
/** Keys of somebody else, which a Redis has to load before it can do anything. */
const MANY_KEYS = 20_000;

/** Faults of Redis. Where nothing else is said it keeps nothing on its disk. */
export const REDIS_SCENARIOS: readonly Scenario[] = [
  {
    name: 'Redis killed',
    fault: 'SIGKILL of a Redis without persistence, which comes back empty',
    places: [...places, ...on('mariadb', 'redis')],
    async run(arena) {
      await arena.startWorker();
      await arena.repeat('Redis killed', 13, [200, 600], async () => {
        await arena.servers.redis.stop('SIGKILL');
        await arena.pause(0, 400);
        await arena.servers.redis.start();
      });
    },
  },
  inGroup({
    name: 'Redis killed, appendfsync everysec',
    fault: 'SIGKILL of a Redis that appends to its file, and brings it to disk each second',
    start: () => startLone('--appendonly', 'yes', '--appendfsync', 'everysec'),
    times: 13,
  }),
  inGroup({
    name: 'Redis killed, appendfsync always',
    fault: 'SIGKILL of a Redis that brings each append to disk',
    start: () => startLone('--appendonly', 'yes', '--appendfsync', 'always'),
    times: 13,
  }),
  inGroup({
    name: 'Sentinel failover',
    fault:
      'SIGKILL of the master; three Sentinels make its replica the master, without what was not replicated',
    start: startSentinels,
    times: 12,
  }),
  inGroup({
    name: 'Cluster node killed',
    fault: 'SIGKILL of that node of three which has the stream; it comes back empty',
    start: startCluster,
    times: 12,
  }),
  inGroup({
    name: 'Redis loading',
    fault: 'a Redis that is killed and then takes its time to load what it had (LOADING)',
    start: startLoading,
    times: 4,
  }),
  {
    name: 'Redis unable to save',
    fault: 'a Redis that takes no writes because its last snapshot failed (MISCONF), for a while',
    places,
    async run(arena) {
      const redis = await startLone('--enable-protected-configs', 'yes', '--save', '3600 1');
      await onRedis(arena, redis);
      await arena.repeat('Redis unable to save', 6, [200, 500], async () => {
        await command(redis.url, (client) => save(client, 'err'));
        await arena.pause(300, 1_000);
        await command(redis.url, (client) => save(client, 'ok'));
      });
    },
  },
  {
    name: 'Redis emptied',
    fault: 'FLUSHALL again and again',
    places,
    async run(arena) {
      await arena.startWorker();
      await arena.repeat('Redis emptied', 12, [50, 400], () =>
        command(arena.servers.redis.url, (redis) => redis.flushall()),
      );
    },
  },
  {
    name: 'group destroyed',
    fault: 'XGROUP DESTROY of the workers’ group (NOGROUP)',
    places,
    async run(arena) {
      await arena.startWorker();
      await arena.repeat('group destroyed', 8, [100, 400], () =>
        command(arena.servers.redis.url, async (redis) => {
          for (const key of await redis.keys('{faults-*:stream'))
            await redis.xgroup('DESTROY', key, 'writers');
        }),
      );
    },
  },
  {
    name: 'Redis full',
    fault: 'maxmemory below what is stored (OOM), without a worker, then with one',
    places,
    run: (arena) =>
      arena.repeat('Redis full', 6, [100, 400], async (round) => {
        await command(arena.servers.redis.url, (redis) => redis.config('SET', 'maxmemory', '1mb'));
        await arena.pause(300, 900);
        await command(arena.servers.redis.url, (redis) => redis.config('SET', 'maxmemory', '0'));
        if (round === 1) await arena.startWorker();
      }),
  },
  {
    name: 'Redis read-only',
    fault: 'Redis becomes a replica of nobody it can reach (READONLY), and a master again',
    places,
    async run(arena) {
      await arena.startWorker();
      await arena.repeat('Redis read-only', 6, [200, 400], async () => {
        await command(arena.servers.redis.url, (redis) => redis.replicaof('127.0.0.1', 1));
        await arena.pause(200, 700);
        await command(arena.servers.redis.url, (redis) => redis.replicaof('NO', 'ONE'));
      });
    },
  },
];

interface GroupFault {
  readonly name: string;
  readonly fault: string;
  readonly start: () => Promise<RedisGroup>;
  readonly times: number;
}

/** A Redis of the scenario's own, of which that part is killed again and again which has the data. */
function inGroup({ name, fault, start, times }: GroupFault): Scenario {
  return {
    name,
    fault,
    places,
    async run(arena) {
      const group = await start();
      await onRedis(arena, group);
      await arena.repeat('Redis killed', times, [200, 800], () => group.failOver());
    },
  };
}

/** From now on an application and a worker are on this Redis. */
async function onRedis(arena: Arena, group: RedisGroup): Promise<void> {
  arena.useRedis(group);
  await arena.startApplication();
  await arena.startWorker();
}

/** It has much to load, and takes some seconds for that. */
async function startLoading(): Promise<RedisGroup> {
  const slow = ['--key-load-delay', '10', '--loading-process-events-interval-bytes', '1024'];
  const group = await startLone('--appendonly', 'yes', '--enable-debug-command', 'yes', ...slow);
  await command(group.url, async (redis) => {
    await redis.call('DEBUG', 'POPULATE', String(MANY_KEYS), 'somebody-elses', '10');
    await redis.bgrewriteaof();
    await until(async () => /aof_rewrite_in_progress:0/.test(await redis.info('persistence')), {
      what: 'the keys to be in the file',
    });
  });
  return group;
}

/** Makes a snapshot that fails, because its folder is gone, or one that succeeds. */
async function save(redis: Redis, result: 'ok' | 'err'): Promise<void> {
  const folder = newFolder('snapshots');
  await redis.config('SET', 'dir', folder);
  if (result === 'err') fs.rmSync(folder, { recursive: true });
  await redis.bgsave();
  await until(
    async () => {
      const info = await redis.info('persistence');
      return info.includes(`rdb_last_bgsave_status:${result}`) && info.includes('rdb_bgsave_in_progress:0');
    },
    { what: `a snapshot with the result "${result}"` },
  );
}

async function command<T>(url: string, work: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = new Redis(url);
  try {
    return await work(redis);
  } finally {
    redis.disconnect();
  }
}
