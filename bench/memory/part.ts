import type { Bench, Part } from '../part';
import { measureDrain } from './drain';
import type { Drain } from './drain';
import { measureApplication, VARIANTS } from './full-load';
import type { Load } from './full-load';
import { drainTable, loadTable } from './tables';

const FULL = { records: 1_000_000, seconds: 8, rounds: 3 };
const QUICK = { records: 20_000, seconds: 1, rounds: 1 };

export const memory: Part = {
  name: 'memory',
  description: 'memory of a worker that stores a million records, and of an application at full load',
  notes: [
    'The worker is `audit work --drain`, a process of its own with the settings of the package’s defaults; the records wait when it starts: in the journal, or in Redis. They are of updates that change three of a product’s columns. The figure is the most of RSS in the life of the process, as Linux remembers it.',
    'The application has eight users, who change rows without a pause: creates, updates, and one bulkCreate of 20 rows in 25 writes. It is a process of its own, which looks at its RSS every 100 ms; the figure is the most of the time after it has warmed up. An application without audits, one with driver `embedded` and one with driver `redis` take turns, each time in a new process; no worker runs. What is judged is the median of the differences to the un-audited one of the same round.',
  ],
  async *run(bench) {
    const { records } = bench.quick ? QUICK : FULL;
    const drains: Drain[] = [];
    for (const driver of ['embedded', 'redis'] as const)
      drains.push(await measureDrain(bench, driver, records));
    yield drainTable(records, drains);
    yield loadTable(await measureLoads(bench));
  },
};

async function measureLoads(bench: Bench): Promise<Load[]> {
  const { rounds, seconds } = bench.quick ? QUICK : FULL;
  const loads: Load[] = [];
  await bench.progress('memory, applications', rounds * VARIANTS.length, async (update) => {
    for (let round = 0; round < rounds; round++) {
      for (const variant of VARIANTS) {
        loads.push({ variant, report: await measureApplication(bench, variant, seconds) });
        update(loads.length);
      }
    }
  });
  return loads;
}
