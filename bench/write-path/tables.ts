import type { Chart, Goal, ResultTable } from '../part';
import { amount, ratioCell } from '../support/cells';
import { median } from '../support/statistics';
import { extraCpu, failuresOf, figuresOf } from './figures';
import type { Figures } from './figures';
import type { CaseResult } from './run-case';
import { isOurs, OURS, VARIANTS } from './variants';
import type { VariantName } from './variants';

const COLUMNS = ['rounds', 'operations/s', 'throughput of un-audited', 'p99, ms', 'p99, times un-audited'];
const CPU_COLUMN = 'extra CPU, µs';

const LEAST_THROUGHPUT = { stopped: 0.95, running: 0.85 };
const MOST_P99 = 1.1;
const MOST_CPU = 15;

/** One line for each operation, number of users, and driver; all that our goals are about. */
export function oursTable(
  title: string,
  results: readonly CaseResult[],
  worker: 'stopped' | 'running',
): ResultTable {
  const all = results.flatMap((result) => OURS.map((variant) => figuresOf(result, variant)));
  const goals = [throughputGoal(all, LEAST_THROUGHPUT[worker])];
  if (worker === 'stopped') goals.push(p99Goal(all));
  return {
    title: `${title}, the worker ${worker}`,
    head: ['', ...COLUMNS, CPU_COLUMN],
    rows: results.flatMap((result) => [
      rowOf('', figuresOf(result, 'plain')),
      ...OURS.map((variant) => rowOf(variant, figuresOf(result, variant))),
    ]),
    remarks: [],
    failures: results.flatMap(failuresOf),
    goals,
  };
}

/** One line for each way to a trail. */
export function rivalsTable(title: string, result: CaseResult): ResultTable {
  const all = [...result.results.keys()].map((variant) => figuresOf(result, variant));
  return {
    title: `${title}, what else is done`,
    head: [all[0]?.what ?? '', ...COLUMNS, CPU_COLUMN],
    rows: all.map((figures) => [VARIANTS[figures.variant], ...cellsOf(figures)]),
    remarks: [],
    failures: failuresOf(result),
    goals: cpuGoals(result),
    chart: rivalsChart(result.users, all),
  };
}

function rivalsChart(users: number, all: readonly Figures[]): Chart {
  return {
    title: `Audited updates, ${users} at a time`,
    unit: 'updates a second, no worker running',
    bars: all
      .filter(({ variant }) => variant !== 'in-step')
      .map(({ variant, perSecond }) => {
        return { label: VARIANTS[variant], value: perSecond, isOurs: isOurs(variant) };
      }),
  };
}

function rowOf(variant: VariantName | '', figures: Figures): string[] {
  return [[figures.what, variant || 'no audit'].join(', '), ...cellsOf(figures)];
}

function cellsOf({ variant, rounds, perSecond, ratios, p99, p99Ratio, extraCpu }: Figures): string[] {
  const isPlain = variant === 'plain';
  return [
    String(rounds),
    amount(perSecond),
    isPlain ? '' : ratioCell(ratios),
    p99.toFixed(1),
    isPlain ? '' : p99Ratio.toFixed(2),
    isPlain ? '' : amount(median(extraCpu)),
  ];
}

function throughputGoal(all: readonly Figures[], least: number): Goal {
  const values = all.map((figures) => ({ figures, value: median(figures.ratios) }));
  return goalOf('throughput of un-audited', `at least ${least}`, values, (value) => value >= least, Math.min);
}

function p99Goal(all: readonly Figures[]): Goal {
  const values = all.map((figures) => ({ figures, value: figures.p99Ratio }));
  return goalOf(
    'p99, times un-audited',
    `at most ${MOST_P99}`,
    values,
    (value) => value <= MOST_P99,
    Math.max,
  );
}

interface Measured {
  readonly figures: Figures;
  readonly value: number;
}

/** One goal for all lines: what counts is the one that is furthest from it. */
function goalOf(
  what: string,
  aim: string,
  all: readonly Measured[],
  isMet: (value: number) => boolean,
  worstOf: (...values: number[]) => number,
): Goal {
  const value = worstOf(...all.map((each) => each.value));
  const worst = all.find((each) => each.value === value)?.figures;
  const met = all.filter((each) => isMet(each.value)).length;
  return {
    what,
    aim,
    value: `in ${met} of ${all.length} lines; the worst ${value.toFixed(2)} (${worst?.what}, ${worst?.variant})`,
    isMet: met === all.length,
  };
}

/** Beside the application that is answered in the same way, and gains as much by it. */
function cpuGoals(result: CaseResult): Goal[] {
  return OURS.map((variant) => {
    const extra = median(extraCpu(result, variant, 'in-step'));
    return {
      what: `extra CPU of the application's thread beside "${VARIANTS['in-step']}", ${variant}`,
      aim: `at most ${MOST_CPU} µs`,
      value: `${amount(extra)} µs (beside no audit: ${amount(median(extraCpu(result, variant, 'plain')))} µs)`,
      isMet: extra <= MOST_CPU,
    };
  });
}
