import type { Options } from 'sequelize';

import type { Bench, Part, ResultTable } from '../part';
import { describeDatabase } from '../support/machine';
import { CPU_OF_THREAD } from '../support/thread-cpu';
import type { DatabaseName } from '../support/servers';
import { compare } from './compare';
import type { Comparison } from './compare';
import { goalsOf } from './goals';
import { measureMemory } from './memory';
import { ROW_OPERATIONS } from './row-operations';
import { SET_OPERATIONS } from './set-operations';
import { openShop, VARIANTS } from './shop';
import type { Shop, VariantName } from './shop';
import { comparisonTable } from './tables';

const OPERATIONS = [...ROW_OPERATIONS, ...SET_OPERATIONS];

export const capture: Part = {
  name: 'capture',
  description: 'what the application pays for each audited operation, beside the same without audit',
  notes: [
    'Three copies of one application take turns in many short rounds in one process: **plain** knows nothing of audits; **untouched** has the same models, not audited, on a Sequelize instance with a trail and another model that is audited; **audited** has them audited, driver `embedded`, while no worker runs. ' +
      'Ratios are medians of the ratios to plain of the same round, with the interval in which the true median lies with 95 % confidence. ' +
      `CPU is that of ${CPU_OF_THREAD ? 'the JavaScript thread alone' : 'the whole process'}; “extra” is the median of the differences in the same round. All times are microseconds an operation, whatever its number of rows.`,
    'A product has ten columns, of which an update changes four; its table holds 1,000 rows at first, or as many as the operation changes. After each operation a worker stores what was captured, and the records in the table are counted: one for each row that was changed, or the operation counts as failed. No database waits for the disk (servers without fsync, SQLite in memory), so that a write costs as little as it can, and auditing stands out. The journal is on disk. Every operation is measured on connections of its own.',
  ],
  async *run(bench) {
    for (const database of bench.databases) {
      yield await operations(bench, database);
      yield await measureMemory(bench, database);
    }
  },
};

async function operations(bench: Bench, database: DatabaseName): Promise<ResultTable> {
  const homes = await createHomes(bench, database);
  let title = '';
  const comparisons: Comparison[] = [];
  await bench.progress(`capture, ${database}`, OPERATIONS.length, async (update) => {
    for (const operation of OPERATIONS) {
      // On new connections: a process of PostgreSQL's is up to twice as fast at large statements or not,
      // by what it has done before (how its memory is laid out).
      const shops = await openShops(homes);
      try {
        title = await describeDatabase(shops.plain.sequelize);
        comparisons.push(await compare(operation, shops, { quick: bench.quick }));
      } finally {
        for (const variant of VARIANTS) await shops[variant].close();
      }
      update(comparisons.length);
    }
  });
  return comparisonTable(title, comparisons, database === 'postgres' ? goalsOf(comparisons) : []);
}

/** Where a variant of the application lives: its database, and the folder of its trail. */
interface Home {
  readonly options: Options;
  readonly dir: string;
}

async function createHomes({ servers }: Bench, database: DatabaseName): Promise<Record<VariantName, Home>> {
  const create = async (): Promise<Home> => ({
    options: (await servers.createDatabase(database)).options,
    dir: servers.folder(),
  });
  return { plain: await create(), untouched: await create(), audited: await create() };
}

async function openShops(homes: Readonly<Record<VariantName, Home>>): Promise<Record<VariantName, Shop>> {
  const open = (variant: VariantName): Promise<Shop> =>
    openShop(variant, homes[variant].options, homes[variant].dir);
  return {
    plain: await open('plain'),
    untouched: await open('untouched'),
    audited: await open('audited'),
  };
}
