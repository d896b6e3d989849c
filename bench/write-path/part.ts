import { Sequelize } from 'sequelize';

import type { Bench, Part } from '../part';
import { describeDatabase } from '../support/machine';
import { CPU_OF_THREAD } from '../support/thread-cpu';
import { runCase } from './run-case';
import type { Case, CaseResult } from './run-case';
import { oursTable, rivalsTable } from './tables';
import { OURS, VARIANTS } from './variants';
import type { VariantName } from './variants';

const FULL = { operations: ['update', 'create', 'destroy'], users: [1, 10, 50] } as const;
const QUICK = { operations: ['update'], users: [10] } as const;
const EVERYONE = Object.keys(VARIANTS) as VariantName[];
const UNAUDITED_AND_OURS: readonly VariantName[] = ['plain', ...OURS];

export const writePath: Part = {
  name: 'write-path',
  description:
    'what writes cost by 1, 10 and 50 at a time, beside the same without audit and beside other ways',
  notes: [
    'Applications on one PostgreSQL, each with a database of its own, take turns in many short rounds in one process (sequelize-paper-trail has its own, because it replaces the global Promise). They all have the same ten-column products, of which an update changes four columns, and the same number of connections: as many as users, at least five. A user begins the next operation as soon as the last one is done. ' +
      'Throughput is the median of the ratios to un-audited of the same round, with the interval in which the true median lies with 95 % confidence; p99 is that of all operations of all rounds. ' +
      `Extra CPU is the median of the differences in the same round, of ${CPU_OF_THREAD ? 'the JavaScript thread' : 'the whole process'}; what is put off until after the round counts with it (with driver \`redis\`, to ship the records).`,
    'While the worker is stopped, what was recorded is stored after the last round. While it runs, it is `audit work` in a process of its own on the same machine; the first part of each round is not measured, until it has its hands full, and the next round begins when all is stored. In both cases the records are counted in the end: one for each change, or the run counts as failed. PostgreSQL does not wait for the disk, so that a write costs as little as it can, and auditing stands out.',
    'The other ways: a hook that awaits `Audit.create`; a hook that sends each change to Redis with one command and does not wait for the answer (what is sent while Redis is away is lost with the process); sequelize-paper-trail with its own settings. One more line is no audit at all, but each update is answered at the end of the turn of the event loop, as with this package: users who are answered together send their next statements together, and where processors are few that alone can make an application faster. What auditing takes of the thread is judged beside that one.',
  ],
  async *run(bench) {
    const title = await describePostgres(bench);
    const { operations, users } = bench.quick ? QUICK : FULL;
    const ours = (operation: Case['operation'], each: number, worker: boolean): Case => {
      return { operation, users: each, variants: UNAUDITED_AND_OURS, worker };
    };
    const stopped = operations.flatMap((operation) => users.map((each) => ours(operation, each, false)));
    yield oursTable(title, await runAll(bench, stopped), 'stopped');
    const everyone: Case = { operation: 'update', users: 10, variants: EVERYONE, worker: false };
    for (const result of await runAll(bench, [everyone])) yield rivalsTable(title, result);
    const running = operations.map((operation) => ours(operation, 10, true));
    yield oursTable(title, await runAll(bench, running), 'running');
  },
};

function runAll(bench: Bench, cases: readonly Case[]): Promise<CaseResult[]> {
  return bench.progress('write-path', cases.length, async (update) => {
    const results: CaseResult[] = [];
    for (const each of cases) {
      results.push(await runCase(bench, each));
      update(results.length);
    }
    return results;
  });
}

async function describePostgres({ servers }: Bench): Promise<string> {
  const database = await servers.createPostgres();
  const sequelize = new Sequelize(database.url, { logging: false });
  try {
    return await describeDatabase(sequelize);
  } finally {
    await sequelize.close();
    await database.drop();
  }
}
