import type { Goal } from '../part';
import { median } from '../support/statistics';
import type { Comparison } from './compare';
import { extraCpu, ratios } from './tables';

interface Aim {
  /** The operation's name. */
  readonly operation: string;
  readonly what: string;
  readonly most: number;
  readonly of: (comparison: Comparison) => readonly number[];
}

const times = (comparison: Comparison): readonly number[] => ratios(comparison, 'audited');

/** What the project has set itself, on PostgreSQL. */
const AIMS: readonly Aim[] = [
  { operation: 'update', what: 'CPU that auditing adds, in µs', most: 15, of: extraCpu },
  // 0.85 of the throughput.
  { operation: 'bulkCreate, 10,000 rows', what: 'times plain', most: 1 / 0.85, of: times },
  { operation: 'Model.update, 10,000 rows', what: 'times plain', most: 1.8, of: times },
];

export function goalsOf(comparisons: readonly Comparison[]): Goal[] {
  return AIMS.flatMap(({ operation, what, most, of }) => {
    const comparison = comparisons.find((each) => each.operation.name === operation);
    if (!comparison) return [];
    const value = median(of(comparison));
    return {
      what: `${operation}: ${what}`,
      aim: `at most ${shown(most)}`,
      value: shown(value),
      isMet: value <= most,
    };
  });
}

function shown(value: number): string {
  return value.toFixed(value < 10 ? 2 : 0);
}
