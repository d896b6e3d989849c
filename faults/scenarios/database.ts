import { setTimeout as delay } from 'node:timers/promises';

import type { Scenario } from '../scenario';
import { lockTrail, terminateConnections } from '../support/database-faults';

/** Faults of the database that holds rows and trail. */
export const DATABASE_SCENARIOS: readonly Scenario[] = [
  {
    name: 'database killed',
    fault: 'SIGKILL of PostgreSQL with all its processes, and its recovery',
    drivers: ['embedded', 'redis', 'sync'],
    async run(arena) {
      if (arena.driver !== 'sync') await arena.startWorker();
      for (let kill = 0; kill < arena.times(3); kill++) {
        await delay(arena.random.between(200, 700));
        await arena.servers.database.stop('SIGKILL');
        arena.count('database killed');
        await delay(arena.random.between(0, 300));
        await arena.servers.database.start();
      }
    },
  },
  {
    name: 'database stopped for long',
    fault:
      'PostgreSQL away for longer than a worker waits before it writes rescue files, the worker killed meanwhile',
    drivers: ['redis'],
    async run(arena) {
      const worker = await arena.startWorker();
      await delay(300);
      await arena.servers.database.stop();
      arena.count('database stopped');
      await delay(arena.random.between(1_500, 2_500));
      await worker.kill();
      arena.count('worker killed');
      await arena.abandonClaims();
      await arena.startWorker();
      await delay(arena.random.between(1_500, 2_500));
      await arena.servers.database.start();
      await delay(500);
    },
  },
  {
    name: 'connections terminated',
    fault: 'pg_terminate_backend of all connections again and again, some of them in COMMIT',
    drivers: ['embedded', 'redis', 'sync'],
    async run(arena) {
      if (arena.driver !== 'sync') await arena.startWorker();
      for (let round = 0; round < arena.times(12); round++) {
        await delay(arena.random.between(50, 250));
        await terminateConnections(arena.databaseUrl);
        arena.count('connections terminated');
      }
    },
  },
  {
    name: 'trail locked',
    fault: 'the audits table locked by somebody else for longer than a lock may be waited for',
    drivers: ['embedded', 'redis'],
    async run(arena) {
      await arena.startWorker();
      for (let round = 0; round < arena.times(3); round++) {
        await lockTrail(arena.databaseUrl, arena.random.between(300, 900));
        arena.count('trail locked');
        await delay(100);
      }
    },
  },
];
