import type { Fate } from '../../spec/support/proxy';
import { until } from '../../spec/support/until';
import type { Arena } from '../arena';
import { on, WITH_WORKER } from '../scenario';
import type { Scenario } from '../scenario';
import { segmentsIn } from '../support/segments';

const AT_MESSAGES = [...on('postgres', 'embedded', 'redis'), ...on('mariadb', 'embedded', 'redis')];
const OLD_RECORDS = 30_000;

/** Faults of the processes that store the records. */
export const WORKER_SCENARIOS: readonly Scenario[] = [
  {
    name: 'worker killed',
    fault: 'SIGKILL of two workers at any moment',
    places: WITH_WORKER,
    async run(arena) {
      await Promise.all([killWorkers(arena, 8), killWorkers(arena, 8)]);
    },
  },
  {
    name: 'worker killed before its INSERT',
    fault: 'SIGKILL of a worker as its INSERT (COPY on PostgreSQL) leaves for the server',
    places: AT_MESSAGES,
    run: (arena) =>
      killAtMessages(
        arena,
        'worker killed before its INSERT',
        arena.served.insertion,
        'hold back the request',
      ),
  },
  {
    name: 'worker killed after its COMMIT',
    fault: 'SIGKILL of a worker as the answer to COMMIT arrives, before it can acknowledge anything',
    places: AT_MESSAGES,
    run: (arena) => killAtMessages(arena, 'worker killed after its COMMIT', 'COMMIT', 'withhold the answer'),
  },
  {
    name: 'worker killed while bisecting',
    fault: 'SIGKILL of a worker that looks for records which the database refuses',
    places: WITH_WORKER,
    async run(arena) {
      await arena.database.refuseRecords(17);
      await arena.repeat('worker killed while bisecting', 13, [0, 0], async () => {
        const worker = await arena.startWorker();
        await worker.says(/buried/);
        await arena.pause(0, 60);
        await worker.kill();
        await arena.abandonClaims();
      });
      await arena.database.refuseRecords(0);
    },
  },
  {
    name: 'pruning killed',
    fault: `SIGKILL of \`audit prune\` while it deletes old records beside new ones`,
    places: WITH_WORKER,
    async run(arena) {
      await plantOldRecords(arena);
      await arena.startWorker();
      await arena.repeat('pruning killed', 13, [0, 0], async () => {
        const pruning = arena.audit(['prune', '--days', '30']);
        // It takes about 400 ms until it deletes anything.
        await arena.pause(350, 900);
        const isRunning = pruning.isRunning;
        await pruning.kill();
        if (!isRunning) await plantOldRecords(arena);
        return isRunning;
      });
    },
  },
  {
    name: 'worker frozen',
    fault: 'SIGSTOP of a worker past the time in which another takes its claims over, then SIGCONT',
    places: [...on('postgres', 'embedded', 'redis'), ...on('mariadb', 'embedded')],
    run: (arena) =>
      arena.repeat('worker frozen', 6, [0, 0], async () => {
        const frozen = await arena.startWorker();
        await arena.pause(0, 250);
        frozen.signal('SIGSTOP');
        await arena.abandonClaims();
        const other = await arena.startWorker();
        await arena.pause(200, 600);
        frozen.signal('SIGCONT');
        await arena.pause(100, 300);
        await Promise.all([frozen.stop(), other.stop()]);
      }),
  },
  {
    name: 'rescue files recovered by two workers, killed',
    fault: 'rescue files brought back by several workers at once, each of them killed again and again',
    places: on('postgres', 'redis'),
    async run(arena) {
      await fillRescueFiles(arena);
      await Promise.all([killWorkers(arena, 8), killWorkers(arena, 8)]);
    },
  },
  {
    name: 'audit recover killed',
    fault: 'two `audit recover` at once, each of them killed again and again',
    places: [...on('postgres', 'redis'), ...on('mariadb', 'redis')],
    async run(arena) {
      await fillRescueFiles(arena);
      const lives = (): Promise<void> =>
        arena.repeat('audit recover killed', 14, [0, 0], async () => {
          const recovery = arena.audit(['recover']);
          await arena.pause(300, 700);
          await recovery.kill();
        });
      await Promise.all([lives(), lives()]);
    },
  },
];

async function killWorkers(arena: Arena, times: number): Promise<void> {
  await arena.repeat('worker killed', times, [0, 0], async () => {
    const worker = await arena.startWorker();
    await arena.pause(0, 300);
    await worker.kill();
    await arena.abandonClaims();
  });
}

/** A worker that is killed in the moment in which a certain message passes between it and its database. */
async function killAtMessages(arena: Arena, name: string, text: string, fate: Fate): Promise<void> {
  await arena.repeat(name, 13, [0, 0], async () => {
    // On a way of its own: the application's messages look the same.
    const way = await arena.ownWayToDatabase();
    try {
      const worker = await arena.startWorker({ DATABASE_URL: way.url });
      // The first few pass, so that it is not always the first batch.
      await arena.pause(0, 200);
      const isSeen = await way.proxy.catches(text, fate, 10_000);
      await worker.kill();
      return isSeen;
    } finally {
      way.proxy.close();
      await arena.abandonClaims();
    }
  });
}

/** The database goes away under a worker that has much to do, until what it holds is in rescue files. */
async function fillRescueFiles(arena: Arena): Promise<void> {
  await arena.pause(1_500, 2_500);
  const worker = await arena.startWorker();
  await arena.served.server.stop();
  arena.count('database stopped');
  await until(() => segmentsIn(arena.auditDirectory, 'rescue').length > 0, {
    what: 'rescue files',
    timeoutMs: 60_000,
  });
  await arena.pause(500, 1_500);
  await worker.kill();
  await arena.abandonClaims();
  await arena.served.server.start();
}

/** Records of long ago, of things that nobody has in his ledger. */
async function plantOldRecords({ database }: Arena): Promise<void> {
  const columns = 'id, event, auditable_type, auditable_id, created_at, schema_version';
  const values = (from: number): string =>
    Array.from({ length: 1_000 }, (_, index) => {
      const id = `00000000-0000-7000-8000-${String(Date.now() * 10).slice(-7)}${String(from + index).padStart(5, '0')}`;
      return `('${id}', 'deleted', 'Old', '${index}', '2020-01-01 00:00:00', 1)`;
    }).join(', ');
  for (let from = 0; from < OLD_RECORDS; from += 1_000)
    await database.runOnTrail(`INSERT INTO audits (${columns}) VALUES ${values(from)}`);
}
