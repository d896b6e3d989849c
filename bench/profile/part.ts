import { ROW_OPERATIONS } from '../capture/row-operations';
import { reset } from '../capture/operation';
import type { Operation } from '../capture/operation';
import type { Bench, Goal, Part, ResultTable } from '../part';
import { atMost } from '../support/goals';
import { measurePaired } from '../support/paired';
import { measureRound } from '../support/round';
import { median } from '../support/statistics';
import { openApplication } from '../write-path/application';
import type { Application } from '../write-path/application';
import { ORIGINS } from './origins';
import type { Origin } from './origins';
import { Sampler } from './sampler';
import type { Shares } from './sampler';

const FULL = { operations: ['update', 'create', 'destroy'], users: [1, 10], budgetMs: 8_000, minRounds: 12 };
const QUICK = { operations: ['update'], users: [10], budgetMs: 0, minRounds: 2 };
const PER_ROUND = 200;
const VARIANTS = ['plain', 'embedded'] as const;
const TITLES = { plain: 'no audit', embedded: 'embedded' } as const;

/** From hook to journal, for an update of a row of ten columns. */
const MOST = 15;

interface Case {
  readonly what: string;
  readonly shares: Readonly<Record<(typeof VARIANTS)[number], readonly Shares[]>>;
  readonly failures: readonly string[];
}

export const profile: Part = {
  name: 'profile',
  description: 'whose work the thread of an application does while it writes, with audit and without',
  notes: [
    'The applications of part write-path without audit and with driver `embedded`, the worker stopped, under V8’s profiler: each sample counts for the package in whose function the thread was, or for which Node.js or a system call was at work; what nobody asked for is of Node.js: callbacks, promises. ' +
      `Microseconds an operation, medians of rounds of ${PER_ROUND} operations that take turns. The profiler itself makes all of it slower.`,
  ],
  async *run(bench) {
    const { operations, users } = bench.quick ? QUICK : FULL;
    const count = operations.length * users.length;
    const cases: Case[] = [];
    await bench.progress('profile', count, async (update) => {
      for (const name of operations) {
        for (const each of users) {
          cases.push(await runCase(bench, name, each));
          update(cases.length);
        }
      }
    });
    yield profileTable(cases);
  },
};

async function runCase(bench: Bench, name: string, users: number): Promise<Case> {
  const operation = ROW_OPERATIONS.find((each) => each.name === name) as Operation;
  const what = `${name}, ${users} at a time`;
  const sampler = await Sampler.start();
  const plain = await open(bench, 'plain', operation, users);
  const embedded = await open(bench, 'embedded', operation, users);
  const sampled = (application: Application) => async (): Promise<Shares> => {
    const operations = await operation.prepare(application, PER_ROUND);
    const settle = (): Promise<void> => application.settle();
    return sampler.sample(() => measureRound(operations, { users, settle }));
  };
  const shares = await measurePaired(
    { plain: sampled(plain), embedded: sampled(embedded) },
    bench.quick ? QUICK : FULL,
  );
  const records = await embedded.records();
  // With the first round, which is left out.
  const changes = (shares.embedded.length + 1) * PER_ROUND;
  for (const application of [plain, embedded]) await application.close();
  sampler.stop();
  const failures = records === changes ? [] : [`${what}: ${records} records of ${changes} changes.`];
  return { what, shares, failures };
}

async function open(
  { servers }: Bench,
  variant: (typeof VARIANTS)[number],
  operation: Operation,
  users: number,
): Promise<Application> {
  const home = {
    databaseUrl: (await servers.createPostgres()).url,
    redisUrl: await servers.redisUrl(),
    redisKey: variant,
    dir: servers.folder(),
  };
  const application = await openApplication(variant, home, { users, stored: false });
  await reset(application, operation);
  return application;
}

function profileTable(cases: readonly Case[]): ResultTable {
  return {
    title: 'postgres: the thread of the application, µs an operation',
    head: ['', ...ORIGINS],
    rows: cases.flatMap(({ what, shares }) =>
      VARIANTS.map((variant) => [
        `${what}, ${TITLES[variant]}`,
        ...ORIGINS.map((origin) => timeOf(shares[variant], origin).toFixed(0)),
      ]),
    ),
    remarks: [],
    failures: cases.flatMap(({ failures }) => failures),
    goals: cases.filter(({ what }) => what.startsWith('update')).map(goalOf),
  };
}

function goalOf({ what, shares }: Case): Goal {
  const time = timeOf(shares.embedded, 'this package');
  return atMost(`${what}: this package, from hook to journal`, MOST, time, { digits: 0, unit: ' µs' });
}

function timeOf(shares: readonly Shares[], origin: Origin): number {
  return median(shares.map((share) => share.get(origin) ?? 0)) / PER_ROUND;
}
