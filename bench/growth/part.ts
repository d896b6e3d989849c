import type { Bench, Part, ResultTable } from '../part';
import { measurePaired } from '../support/paired';
import { measureRound } from '../support/round';
import { FilledTrail } from '../support/filled-trail';
import { growthTable } from './table';
import type { Size } from './table';

const SIZES = [100_000, 1_000_000, 10_000_000];
const QUICK_SIZES = [1_000, 10_000, 50_000];

/** A trail as old as this keeps everything by default. */
const SHAPE = { days: 90, connections: 1 };

const BATCH = 1_000;
const READS = 20;
/** One batch a round, so that the small table stays small. */
const WRITES = { budgetMs: 0, minRounds: 30 };
const READING = { budgetMs: 0, minRounds: 10 };
const QUICK = { budgetMs: 0, minRounds: 2 };

export const growth: Part = {
  name: 'growth',
  description: 'what a record and a look at one costs when many are stored',
  notes: [
    'Two databases on one PostgreSQL hold a trail: one grows, the other has as few rows as the first had in the beginning. At each size they take turns in many short rounds: a **write** is a batch of 1,000 records through the writer of the worker, of products from all over the table; a **read** is `getAudits` of one product with about ten records, another one each time. Ratios are medians of the ratios of the same round, with the interval in which the true median lies with 95 % confidence; the first line, where both are the same, shows what the noise is.',
    'The rows are of an application with products of ten columns: for each product one record of its creation and nine of updates, which change four columns, spread over the time in which the table grew. The database fills the table by itself, with the indexes dropped and made anew (but for the key), then VACUUM ANALYZE. What a round writes stays in the tables; the small one is made anew for each size. The settings of PostgreSQL are its defaults, but for shared_buffers, which is 32 MB, and fsync and full_page_writes, which are off.',
  ],
  async *run(bench) {
    yield await measureGrowth(bench);
  },
};

async function measureGrowth(bench: Bench): Promise<ResultTable> {
  const sizes = bench.quick ? QUICK_SIZES : SIZES;
  const [least, most] = [Math.min(...sizes), Math.max(...sizes)];
  const grown = await FilledTrail.create(bench, { ...SHAPE, rows: most });
  const measured: Size[] = [];
  await bench.progress('growth, rows', most, async (update) => {
    for (const rows of sizes) {
      const before = grown.rows;
      const seconds = await grown.fill(rows, (done) => update(before + done));
      // A new one each time: what is measured leaves rows behind, which are many to so few.
      const small = await FilledTrail.create(bench, { ...SHAPE, rows: least });
      await small.fill(least);
      measured.push({ rows, seconds, bytes: await grown.bytes(), ...(await compare(bench, small, grown)) });
      await small.drop();
    }
  });
  await grown.drop();
  return growthTable('postgres: cost by stored rows', measured, BATCH);
}

async function compare(
  { quick }: Bench,
  small: FilledTrail,
  grown: FilledTrail,
): Promise<Pick<Size, 'writes' | 'reads'>> {
  const times = (count: number, make: () => () => Promise<unknown>) => () =>
    measureRound(Array.from({ length: count }, make));
  const writes = await measurePaired(
    { small: times(1, () => small.batchWrite(BATCH)), grown: times(1, () => grown.batchWrite(BATCH)) },
    quick ? QUICK : WRITES,
  );
  const reads = await measurePaired(
    { small: times(READS, () => small.read()), grown: times(READS, () => grown.read()) },
    quick ? QUICK : READING,
  );
  return { writes, reads };
}
