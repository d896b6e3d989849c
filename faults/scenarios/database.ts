import { on, WITH_WORKER } from '../scenario';
import type { Scenario } from '../scenario';

/** Faults of the database that holds rows and trail. */
export const DATABASE_SCENARIOS: readonly Scenario[] = [
  {
    name: 'database killed',
    fault: 'SIGKILL of the server with all its processes, and its recovery',
    places: [...on('postgres', 'embedded', 'redis', 'sync'), ...on('mariadb', 'embedded', 'redis', 'sync')],
    async run(arena) {
      await arena.startWorkerIfAny();
      await arena.repeat('database killed', 9, [200, 700], async () => {
        await arena.served.server.stop('SIGKILL');
        await arena.pause(0, 300);
        await arena.served.server.start();
      });
    },
  },
  {
    name: 'database stopped for long',
    fault:
      'the server away for longer than a worker waits before it writes rescue files, the worker killed meanwhile',
    places: [...on('postgres', 'redis'), ...on('mariadb', 'redis')],
    async run(arena) {
      const worker = await arena.startWorker();
      await arena.pause(300, 300);
      await arena.served.server.stop();
      arena.count('database stopped');
      await arena.pause(1_500, 2_500);
      await worker.kill();
      arena.count('worker killed');
      await arena.abandonClaims();
      await arena.startWorker();
      await arena.pause(1_500, 2_500);
      await arena.served.server.start();
      await arena.pause(500, 500);
    },
  },
  {
    name: 'connections terminated',
    fault: 'all connections ended by the server again and again, some of them in COMMIT',
    places: [...on('postgres', 'embedded', 'redis', 'sync'), ...on('mariadb', 'embedded', 'sync')],
    async run(arena) {
      await arena.startWorkerIfAny();
      await arena.repeat('connections terminated', 12, [50, 250], () => arena.served.endConnections());
    },
  },
  {
    name: 'trail locked',
    fault: 'the audits table locked by somebody else for longer than a lock may be waited for',
    places: WITH_WORKER,
    async run(arena) {
      await arena.startWorker();
      await arena.repeat('trail locked', 4, [100, 100], () =>
        arena.database.lockTrail(arena.random.between(300, 2_000)),
      );
    },
  },
  {
    name: 'deadlock',
    fault: 'somebody else has locked what a worker needs the other way round, and the worker has to give in',
    places: [...on('postgres', 'embedded', 'redis'), ...on('mariadb', 'embedded')],
    async run(arena) {
      await arena.served.plantDeadlock();
      await arena.startWorker();
      await arena.repeat('deadlock', 8, [50, 200], () => arena.served.deadlockTrail());
    },
  },
  {
    name: 'records refused',
    fault: 'the table refuses one record of 1,000, of 10, and all of them, for a while each',
    places: WITH_WORKER,
    async run(arena) {
      await arena.startWorker();
      await arena.repeat('records refused', 6, [0, 0], async (round) => {
        await arena.database.refuseRecords([1_000, 10, 1][round % 3]!);
        await arena.pause(500, 1_000);
        await arena.database.refuseRecords(0);
      });
    },
  },
];
