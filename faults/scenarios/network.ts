import type { Proxy } from '../../spec/support/proxy';
import type { Arena } from '../arena';
import { on } from '../scenario';
import type { Place, Scenario } from '../scenario';

interface Way {
  readonly name: string;
  readonly of: (arena: Arena) => Proxy;
  readonly places: readonly Place[];
  /** What the requests say of which the answer is to be lost. */
  readonly requests: (arena: Arena) => readonly string[];
}

const TO_REDIS: Way = {
  name: 'Redis',
  of: ({ redisProxy }) => redisProxy,
  places: on('postgres', 'redis'),
  requests: () => ['eval', 'xreadgroup', 'xack'],
};
const TO_DATABASE: Way = {
  name: 'database',
  of: ({ wayToDatabase }) => wayToDatabase,
  places: [...on('postgres', 'embedded', 'redis', 'sync'), ...on('mariadb', 'embedded')],
  requests: ({ served }) => ['COMMIT', 'INSERT', served.insertion],
};

/** Faults on the way to a server, while both ends are well. */
export const NETWORK_SCENARIOS: readonly Scenario[] = [TO_REDIS, TO_DATABASE].flatMap(scenariosOf);

function scenariosOf({ name, of, places, requests }: Way): Scenario[] {
  return [
    {
      name: `way to ${name} reset`,
      fault: 'all connections ended with RST, whatever was on its way; refused for a while',
      places,
      async run(arena) {
        await arena.startWorkerIfAny();
        await arena.repeat(`way to ${name} reset`, 10, [50, 250], async () => {
          of(arena).treat('refuse');
          await arena.pause(0, 150);
          of(arena).treat('pass');
        });
      },
    },
    {
      name: `way to ${name} half closed`,
      fault: 'connections ended in one direction only',
      places,
      async run(arena) {
        await arena.startWorkerIfAny();
        await arena.repeat(`way to ${name} half closed`, 8, [50, 300], () => of(arena).halfClose());
      },
    },
    {
      name: `answer of ${name} lost`,
      fault: 'the answer to a command that was done is never seen, and the connection is reset',
      places,
      async run(arena) {
        await arena.startWorkerIfAny();
        await arena.repeat(`answer of ${name} lost`, 12, [20, 120], async () => {
          const request = arena.random.pick(requests(arena));
          const isSeen = await of(arena).catches(request, 'withhold the answer', 2_000);
          await arena.pause(0, 50);
          of(arena).reset();
          return isSeen;
        });
      },
    },
    {
      name: `way to ${name} slow`,
      fault: 'two seconds of latency, then one byte at a time',
      places,
      async run(arena) {
        await arena.startWorkerIfAny();
        await arena.repeat(`way to ${name} slow`, 4, [200, 200], async (round) => {
          of(arena).treat(round % 2 === 0 ? 'delay' : 'trickle');
          await arena.pause(2_000, 3_000);
          of(arena).treat('pass');
        });
      },
    },
    {
      name: `way to ${name} silent`,
      fault: 'nothing comes through any more and no connection ends, then all of them are reset',
      places: places.filter(({ driver }) => driver !== 'sync'),
      async run(arena) {
        await arena.startWorker();
        await arena.repeat(`way to ${name} silent`, 3, [200, 500], async () => {
          of(arena).treat('silence');
          await arena.pause(1_000, 2_500);
          of(arena).treat('pass');
        });
      },
    },
  ];
}
