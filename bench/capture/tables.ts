import type { Goal, ResultTable } from '../part';
import { amount, ratioCell } from '../support/cells';
import type { Cost } from '../support/round';
import { median } from '../support/statistics';
import type { Comparison } from './compare';
import type { VariantName } from './shop';

const HEAD = [
  'operation',
  'rounds',
  'plain, µs',
  'plain CPU, µs',
  'untouched',
  'audited',
  'audited extra CPU, µs',
];

/** One line an operation. */
export function comparisonTable(
  title: string,
  comparisons: readonly Comparison[],
  goals: readonly Goal[],
): ResultTable {
  const untouched = comparisons.map((comparison) => median(ratios(comparison, 'untouched')));
  return {
    title,
    head: HEAD,
    rows: comparisons.map(rowOf),
    remarks: [
      `Models that are not audited: the median of all operations is ${median(untouched).toFixed(3)} of plain.`,
    ],
    goals,
    failures: comparisons.filter(isIncomplete).map(({ operation, recorded, expected }) => {
      return `${operation.name}: ${amount(recorded)} records of ${amount(expected)} changed rows.`;
    }),
  };
}

function rowOf(comparison: Comparison): string[] {
  const { operation, costs } = comparison;
  const audited = isIncomplete(comparison)
    ? ['not recorded', '–']
    : [ratioCell(ratios(comparison, 'audited')), amount(median(extraCpu(comparison)))];
  return [
    operation.name,
    String(costs.plain.length),
    amount(median(costs.plain.map(({ wall }) => wall))),
    amount(median(costs.plain.map(({ cpu }) => cpu))),
    ratioCell(ratios(comparison, 'untouched')),
    ...audited,
  ];
}

function isIncomplete({ recorded, expected }: Comparison): boolean {
  return recorded !== expected;
}

/** What auditing adds to the CPU time of an operation, in the same round. */
export function extraCpu({ costs }: Comparison): number[] {
  return costs.audited.map(({ cpu }, round) => cpu - (costs.plain[round]?.cpu ?? NaN));
}

/** Of the times of the same round. */
export function ratios({ costs }: Comparison, variant: VariantName): number[] {
  return costs[variant].map(({ wall }: Cost, round) => wall / (costs.plain[round]?.wall ?? NaN));
}
