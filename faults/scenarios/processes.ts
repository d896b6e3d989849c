import { setTimeout as delay } from 'node:timers/promises';

import type { Arena } from '../arena';
import type { Scenario } from '../scenario';
import { refuseRecords } from '../support/database-faults';

const KILLS = 8;

/** Faults of the processes that this package runs in. */
export const PROCESS_SCENARIOS: readonly Scenario[] = [
  applicationKilled('application killed', ['embedded', 'redis', 'sync'], 'journal'),
  applicationKilled('application killed, strict', ['embedded', 'redis'], 'strict'),
  {
    name: 'application ended',
    fault: 'SIGTERM of the application, with full buffers and no worker; now and then a second one',
    drivers: ['embedded', 'redis'],
    async run(arena) {
      for (let round = 0; round < arena.times(3); round++) {
        const application = await arena.startApplication();
        await application.makes(arena.random.between(300, 1_500));
        application.signal('SIGTERM');
        if (round === 1) application.signal('SIGTERM');
        await application.end().catch(() => undefined);
        arena.count('application ended');
      }
    },
  },
  {
    name: 'worker killed',
    fault: 'SIGKILL of two workers at any moment',
    drivers: ['embedded', 'redis'],
    async run(arena) {
      const lives = async (): Promise<void> => {
        for (let kill = 0; kill < arena.times(KILLS); kill++) {
          const worker = await arena.startWorker();
          await delay(arena.random.between(0, 300));
          await worker.kill();
          arena.count('worker killed');
          await arena.abandonClaims();
        }
      };
      await Promise.all([lives(), lives()]);
    },
  },
  atMessage('worker killed before its INSERT', 'client', 'COPY audits', 'as its COPY leaves for the server'),
  atMessage(
    'worker killed after its COMMIT',
    'server',
    'COMMIT\0',
    'as the answer to COMMIT arrives, before it can acknowledge anything',
  ),
  {
    name: 'worker killed while bisecting',
    fault: 'SIGKILL of a worker that looks for records which the database refuses',
    drivers: ['embedded', 'redis'],
    async run(arena) {
      await refuseRecords(arena.databaseUrl, 17);
      for (let kill = 0; kill < arena.times(KILLS); kill++) {
        const worker = await arena.startWorker();
        await worker.says(/buried/);
        await delay(arena.random.between(0, 60));
        await worker.kill();
        arena.count('worker killed while bisecting');
        await arena.abandonClaims();
      }
      await refuseRecords(arena.databaseUrl, 0);
    },
  },
  {
    name: 'worker frozen',
    fault: 'SIGSTOP of a worker past the time in which another takes its claims over, then SIGCONT',
    drivers: ['embedded', 'redis'],
    async run(arena) {
      for (let round = 0; round < arena.times(4); round++) {
        const frozen = await arena.startWorker();
        await delay(arena.random.between(0, 250));
        frozen.signal('SIGSTOP');
        arena.count('worker frozen');
        await arena.abandonClaims();
        const other = await arena.startWorker();
        await delay(arena.random.between(200, 600));
        frozen.signal('SIGCONT');
        await delay(arena.random.between(100, 300));
        await Promise.all([frozen.stop(), other.stop()]);
      }
    },
  },
];

function applicationKilled(
  name: string,
  drivers: Scenario['drivers'],
  durability: 'journal' | 'strict',
): Scenario {
  return {
    name,
    fault: `SIGKILL of the application at any moment, a worker running${durability === 'strict' ? '; its model is strict' : ''}`,
    drivers,
    durability,
    async run(arena) {
      if (arena.driver !== 'sync') await arena.startWorker();
      for (let kill = 0; kill < arena.times(KILLS); kill++) {
        const application = await arena.startApplication();
        await application.makes(arena.random.between(1, 400));
        await application.kill();
        arena.count('application killed');
      }
    },
  };
}

/** A worker that is killed in the moment in which a certain message passes between it and its database. */
function atMessage(name: string, from: 'client' | 'server', text: string, moment: string): Scenario {
  return {
    name,
    fault: `SIGKILL of a worker ${moment}`,
    drivers: ['embedded', 'redis'],
    async run(arena) {
      for (let kill = 0; kill < arena.times(KILLS); kill++) await killAtMessage(arena, name, from, text);
    },
  };
}

async function killAtMessage(
  arena: Arena,
  name: string,
  from: 'client' | 'server',
  text: string,
): Promise<void> {
  // On a way of its own: the application's messages look the same.
  const way = await arena.wayToDatabase();
  try {
    const worker = await arena.startWorker({ DATABASE_URL: way.url });
    // The first few pass, so that it is not always the first batch.
    await delay(arena.random.between(0, 200));
    const isSeen = await way.proxy.catches(from, text, 10_000);
    await worker.kill();
    if (isSeen) arena.count(name);
  } finally {
    way.proxy.close();
  }
  await arena.abandonClaims();
}
