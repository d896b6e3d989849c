import { setTimeout as delay } from 'node:timers/promises';

import { auditJson } from '../../spec/cli/command';
import type { Bench, Part, ResultTable } from '../part';
import { FilledTrail } from '../support/filled-trail';
import { pruneTable } from './table';
import type { Stretch } from './table';
import { Traffic } from './traffic';

/** Rows of one age a day: with each step a fifteenth of them is pruned, with all three a fifth. */
const DAYS = 150;
const LIMITS = [140, 130, 120];

const FULL = { rows: 5_000_000, calmMs: 10_000 };
const QUICK = { rows: 20_000, calmMs: 500 };

export const prune: Part = {
  name: 'prune',
  description: 'how long others wait for a write while old records are pruned',
  notes: [
    'A table of 5,000,000 rows on PostgreSQL, of which `audit prune`, a process of its own, deletes 1,000,000 in three runs. All the time a writer puts a batch of ten records into the table every 20 ms, as the worker does it, whether the one before is done or not; and four users of an application update rows of another table, with a pause of 5 ms between two updates. Before each run is a calm of ten seconds: calms and runs take turns, so that what is compared lies side by side. Latencies of one kind are put together before their p99 is taken.',
    'The rows are made as in part growth, and analysed. Autovacuum is on, as by default. The settings of PostgreSQL are its defaults, but for shared_buffers, which is 32 MB, and fsync and full_page_writes, which are off.',
  ],
  async *run(bench) {
    yield await measurePrune(bench);
  },
};

async function measurePrune(bench: Bench): Promise<ResultTable> {
  const { rows, calmMs } = bench.quick ? QUICK : FULL;
  const trail = await FilledTrail.create(bench, { rows, days: DAYS, connections: 5 });
  await bench.progress('prune, rows', rows, (update) => trail.fill(rows, update));
  const traffic = await Traffic.start(trail);
  const stretches: Stretch[] = [];
  const add = (name: string, pruned: number, startedAt: number): void => {
    const seconds = (performance.now() - startedAt) / 1_000;
    stretches.push({ name, pruned, seconds, window: traffic.next() });
  };
  const calm = async (name: string): Promise<void> => {
    const startedAt = performance.now();
    await delay(calmMs);
    add(name, 0, startedAt);
  };
  // Code and caches are cold at first.
  await delay(calmMs);
  traffic.next();
  for (const days of LIMITS) {
    await calm('before');
    const startedAt = performance.now();
    add('during', await pruneOlderThan(days, trail, bench.servers.folder()), startedAt);
  }
  await calm('after');
  await traffic.stop();
  await trail.drop();
  return pruneTable(`postgres: prune of ${rows.toLocaleString('en-US')} rows`, stretches);
}

async function pruneOlderThan(days: number, trail: FilledTrail, cwd: string): Promise<number> {
  const args = ['prune', '--url', trail.url, '--days', String(days)];
  const { status, stderr, document } = await auditJson<{ pruned: number }>(args, { cwd });
  if (status !== 0) throw new Error(`audit prune ended with ${status}:\n${stderr}`);
  return document.pruned;
}
