import { Redis } from 'ioredis';

/**
 * What dead workers held in Redis is for others after a minute without a sign of life. Here that minute is over
 * at once: the idle time of all that is claimed is set to an hour.
 */
export async function abandonClaims(url: string, prefix: string): Promise<void> {
  const redis = new Redis(url);
  try {
    // A replica has what its master has.
    if (!(await redis.info('replication')).includes('role:master')) return;
    for (const key of await redis.keys(`{${prefix}*`)) {
      if ((await redis.type(key)) !== 'stream') continue;
      for (const group of (await redis.xinfo('GROUPS', key)) as string[][]) {
        const name = group[1] as string;
        const pending = (await redis.xpending(key, name, '-', '+', 10_000)) as [string][];
        const ids = pending.map(([id]) => id);
        if (ids.length > 0) await redis.xclaim(key, name, 'nobody', 0, ...ids, 'IDLE', 3_600_000, 'JUSTID');
      }
    }
  } finally {
    redis.disconnect();
  }
}
