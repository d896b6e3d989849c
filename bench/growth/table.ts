import type { Goal, ResultTable } from '../part';
import { amount, ratioCell } from '../support/cells';
import { atMost } from '../support/goals';
import type { Cost } from '../support/round';
import { median } from '../support/statistics';

/** Costs of the same rounds: on the table that grows, and on one that stays small. */
export interface Pair {
  readonly small: readonly Cost[];
  readonly grown: readonly Cost[];
}

/** What was measured when the table had grown to so many rows. */
export interface Size {
  readonly rows: number;
  /** How long it took to fill it so far. */
  readonly seconds: number;
  readonly bytes: number;
  /** A batch an operation. */
  readonly writes: Pair;
  /** The records of a product an operation. */
  readonly reads: Pair;
}

const MOST_OF_A_WRITE = 1.25;
const MOST_OF_A_READ = 2;

/** One line a size. `batch` is the number of records of a write. */
export function growthTable(title: string, sizes: readonly Size[], batch: number): ResultTable {
  const least = amount(Math.min(...sizes.map(({ rows }) => rows)));
  const largest = sizes.at(-1) as Size;
  const seconds = sizes.reduce((sum, size) => sum + size.seconds, 0);
  return {
    title,
    head: [
      'rows',
      'GB with indexes',
      'write, µs a record',
      `beside, ${least} rows`,
      'ratio',
      'read, µs',
      `beside, ${least} rows`,
      'ratio',
    ],
    rows: sizes.map(({ rows, bytes, writes, reads }) => [
      amount(rows),
      (bytes / 1e9).toFixed(2),
      ...pairCells(writes, batch),
      ...pairCells(reads, 1),
    ]),
    remarks: [`The table was filled in ${amount(seconds)} s.`],
    failures: [],
    goals: [
      goalOf(`cost a record, ${amount(largest.rows)} rows to ${least}`, largest.writes, MOST_OF_A_WRITE),
      goalOf(`getAudits, ${amount(largest.rows)} rows to ${least}`, largest.reads, MOST_OF_A_READ),
    ],
    chart: {
      title: 'A record’s cost by stored rows on PostgreSQL',
      unit: `microseconds a record, batches of ${amount(batch)}`,
      bars: sizes.map(({ rows, writes }) => ({
        label: `${amount(rows)} rows`,
        value: timeOf(writes.grown, batch),
        isOurs: true,
      })),
    },
  };
}

function goalOf(what: string, pair: Pair, most: number): Goal {
  return atMost(what, most, median(ratiosOf(pair)), { digits: 2 });
}

function pairCells(pair: Pair, parts: number): string[] {
  return [
    timeOf(pair.grown, parts).toFixed(1),
    timeOf(pair.small, parts).toFixed(1),
    ratioCell(ratiosOf(pair)),
  ];
}

function timeOf(costs: readonly Cost[], parts: number): number {
  return median(costs.map(({ wall }) => wall)) / parts;
}

function ratiosOf({ small, grown }: Pair): number[] {
  return grown.map(({ wall }, round) => wall / (small[round]?.wall ?? NaN));
}
