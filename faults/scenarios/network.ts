import { setTimeout as delay } from 'node:timers/promises';

import type { Arena } from '../arena';
import type { Scenario } from '../scenario';
import type { Proxy } from '../support/proxy';

interface Way {
  readonly name: string;
  readonly of: (arena: Arena) => Proxy;
  readonly drivers: Scenario['drivers'];
}

const TO_REDIS: Way = { name: 'Redis', of: ({ redisProxy }) => redisProxy, drivers: ['redis'] };
const TO_DATABASE: Way = {
  name: 'database',
  of: ({ databaseProxy }) => databaseProxy,
  drivers: ['embedded', 'redis', 'sync'],
};

/** Faults on the way to a server, while both ends are well. */
export const NETWORK_SCENARIOS: readonly Scenario[] = [TO_REDIS, TO_DATABASE].flatMap(
  ({ name, of, drivers }) => [
    {
      name: `way to ${name} reset`,
      fault: 'all connections ended with RST, whatever was on its way; refused for a while',
      drivers,
      async run(arena: Arena) {
        if (arena.driver !== 'sync') await arena.startWorker();
        for (let round = 0; round < arena.times(10); round++) {
          await delay(arena.random.between(50, 250));
          of(arena).treat('refuse');
          arena.count(`way to ${name} reset`);
          await delay(arena.random.between(0, 150));
          of(arena).treat('pass');
        }
      },
    },
    {
      name: `way to ${name} half closed`,
      fault: 'connections ended in one direction only',
      drivers,
      async run(arena: Arena) {
        if (arena.driver !== 'sync') await arena.startWorker();
        for (let round = 0; round < arena.times(8); round++) {
          await delay(arena.random.between(50, 300));
          of(arena).halfClose();
          arena.count(`way to ${name} half closed`);
        }
      },
    },
    {
      name: `answer of ${name} lost`,
      fault: 'the answer to a command that was done is never seen, and the connection is reset',
      drivers,
      async run(arena: Arena) {
        if (arena.driver !== 'sync') await arena.startWorker();
        for (let round = 0; round < arena.times(8); round++) {
          await delay(arena.random.between(20, 120));
          const answer = name === 'Redis' ? '$' : arena.random.pick(['COMMIT\0', 'INSERT 0', 'COPY ']);
          if (await of(arena).catches('server', answer, 2_000)) arena.count(`answer of ${name} lost`);
          await delay(arena.random.between(0, 50));
          of(arena).reset();
        }
      },
    },
    {
      name: `way to ${name} slow`,
      fault: 'two seconds of latency, then one byte at a time',
      drivers,
      async run(arena: Arena) {
        if (arena.driver !== 'sync') await arena.startWorker();
        for (const treatment of ['delay', 'trickle'] as const) {
          of(arena).treat(treatment);
          arena.count(`way to ${name} slow`);
          await delay(arena.random.between(2_000, 3_000));
          of(arena).treat('pass');
          await delay(200);
        }
      },
    },
    {
      name: `way to ${name} silent`,
      fault: 'nothing comes through any more and no connection ends, then all of them are reset',
      drivers: drivers.filter((driver) => driver !== 'sync'),
      async run(arena: Arena) {
        await arena.startWorker();
        for (let round = 0; round < arena.times(2); round++) {
          await delay(arena.random.between(200, 500));
          of(arena).treat('silence');
          arena.count(`way to ${name} silent`);
          await delay(arena.random.between(1_000, 2_500));
          of(arena).treat('pass');
        }
      },
    },
  ],
);
