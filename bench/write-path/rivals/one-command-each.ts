import { Redis } from 'ioredis';

import { ALARM } from '../../support/alarm';
import { quietly } from '../keeper';
import type { Keeping } from '../keeper';
import { changeOf } from './change';

/** A hook that sends each change to Redis, with a command of its own, and does not wait for the answer. */
export function oneCommandEach(command: 'xadd' | 'rpush'): Keeping {
  return async ({ Product }, { redisUrl, redisKey }) => {
    const redis = new Redis(redisUrl);
    const key = `${redisKey}:${command}`;
    const send = (text: string): Promise<unknown> =>
      command === 'xadd' ? redis.xadd(key, '*', 'change', text) : redis.rpush(key, text);
    Product.addHook('afterUpdate', (row) => {
      send(JSON.stringify(changeOf(row))).catch((error: unknown) => ALARM.error(String(error)));
    });
    return Promise.resolve({
      quietly,
      // Answers come in the order of their commands.
      settle: async () => void (await redis.ping()),
      records: () => (command === 'xadd' ? redis.xlen(key) : redis.llen(key)),
      async close() {
        await redis.del(key);
        await redis.quit();
      },
    });
  };
}
