import { fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';

import type { Options } from 'sequelize';

import type { Bench, ResultTable } from '../part';
import { megabytes } from '../support/cells';
import { describeDatabase } from '../support/machine';
import type { DatabaseName } from '../support/servers';
import { productValues } from './models';
import { times } from './operation';
import { openShop } from './shop';
import type { VariantName } from './shop';

/** What the child is told. */
export interface MemoryTask {
  readonly variant: VariantName;
  readonly options: Options;
  /** For the trail's journal. */
  readonly dir: string;
}

/** What the child answers; memory in bytes. */
export interface MemoryUse {
  readonly milliseconds: number;
  /** Rows that were changed, by what Sequelize says. */
  readonly rows: number;
  readonly records: number;
  readonly residentBefore: number;
  readonly residentPeak: number;
  readonly heapBefore: number;
  readonly heapPeak: number;
}

const ROWS = 200_000;
const QUICK_ROWS = 10_000;
const CHUNK = 5_000;

/** One Model.update of the whole table, each time in a new process. */
export async function measureMemory(bench: Bench, database: DatabaseName): Promise<ResultTable> {
  const rows = bench.quick ? QUICK_ROWS : ROWS;
  const { options } = await bench.servers.createDatabase(database);
  const shop = await openShop('plain', options, bench.servers.folder());
  await shop.sequelize.sync();
  await bench.progress(`rows, ${database}`, rows, async (update) => {
    for (let done = 0; done < rows; done += CHUNK) {
      await shop.Product.bulkCreate(times(CHUNK, productValues));
      update(done + CHUNK);
    }
  });
  const title = `${await describeDatabase(shop.sequelize)}: memory of Model.update over ${rows.toLocaleString('en-US')} rows`;
  await shop.close();

  const use = async (variant: VariantName): Promise<MemoryUse> =>
    runChild({ variant, options, dir: bench.servers.folder() });
  return memoryTable(title, rows, await use('plain'), await use('audited'));
}

function memoryTable(title: string, rows: number, plain: MemoryUse, audited: MemoryUse): ResultTable {
  const growth = (use: MemoryUse): number => use.residentPeak - use.residentBefore;
  const line = (name: string, use: MemoryUse): string[] => [
    name,
    use.milliseconds.toFixed(0),
    megabytes(use.residentBefore),
    megabytes(use.residentPeak),
    megabytes(growth(use)),
    megabytes(use.heapPeak - use.heapBefore),
  ];
  const isComplete = plain.rows === rows && audited.rows === rows && audited.records === rows;
  return {
    title,
    head: ['', 'ms', 'RSS before, MB', 'RSS at its peak, MB', 'RSS growth, MB', 'heap growth, MB'],
    rows: [line('plain', plain), line('audited', audited)],
    remarks: [`Extra memory of the audited process: ${megabytes(growth(audited) - growth(plain))} MB.`],
    failures: isComplete ? [] : [`${audited.records} records of ${audited.rows} changed rows.`],
  };
}

async function runChild(task: MemoryTask): Promise<MemoryUse> {
  const child = fork(path.join(__dirname, 'memory-child.js'), [JSON.stringify(task)], {
    execArgv: ['--expose-gc'],
  });
  const ended = once(child, 'exit').then(([code]): never => {
    throw new Error(`The process that measures memory ended with ${String(code)}.`);
  });
  const [use] = (await Promise.race([once(child, 'message'), ended])) as [MemoryUse];
  // Which ends it; that is no error any more.
  child.disconnect();
  await ended.catch(() => undefined);
  return use;
}
