import type { ResultTable } from '../bench/part';
import type { Match } from './play';
import type { Place, Scenario } from './scenario';

/** All runs of one scenario in one place. */
export interface Score extends Place {
  readonly scenario: Scenario;
  readonly matches: readonly (Match & { readonly seed: number })[];
  /** What could not be run, and why. */
  readonly errors: readonly string[];
}

/** What must not have happened in a run, in words. */
export function failuresOf({ scenario, database, driver, matches, errors }: Score): string[] {
  const wrong = matches.flatMap(({ lost, doubled, unknown, unreported, examples, seed }) => {
    const found = [
      ...(lost > 0 && scenario.mayLose === undefined ? [`${lost} lost`] : []),
      ...(doubled > 0 ? [`${doubled} doubled`] : []),
      ...(unknown > 0 ? [`${unknown} unknown`] : []),
      ...(unreported > 0 && scenario.durability === 'strict'
        ? [`${unreported} unreported ones missing`]
        : []),
    ];
    if (found.length === 0) return [];
    return [
      `${scenario.name}, ${database}, ${driver}, seed ${seed}: ${found.join(', ')} (${examples.join('; ')})`,
    ];
  });
  return [...errors, ...wrong];
}

export function tableOf(scores: readonly Score[]): ResultTable {
  const done = scores.filter(({ matches }) => matches.length > 0);
  const all = done.flatMap(({ matches }) => matches);
  return {
    title: 'Scenarios',
    head: [
      'scenario',
      'database',
      'driver',
      'runs',
      'faults',
      'changes acknowledged',
      'lost',
      'doubled',
      'unknown',
      'unreported',
      'drained in, s',
    ],
    rows: done.map(rowOf),
    remarks: [
      `${amount(sumOf(all, ({ acknowledged }) => acknowledged))} changes were acknowledged in ${all.length} runs. Done were: ${faultsOf(all)}.`,
      ...new Set(
        done.flatMap(({ scenario: { name, mayLose } }) =>
          mayLose === undefined ? [] : [`What "${name}" may lose, as documented: ${mayLose}.`],
        ),
      ),
    ],
    failures: scores.flatMap(failuresOf),
  };
}

function rowOf({ scenario, database, driver, matches }: Score): string[] {
  const total = (of: (match: Match) => number): string => amount(sumOf(matches, of));
  const longest = Math.max(...matches.map(({ drainMs }) => drainMs));
  return [
    scenario.name,
    database,
    driver,
    String(matches.length),
    total(({ faults }) => [...faults.values()].reduce((sum, count) => sum + count, 0)),
    total(({ acknowledged }) => acknowledged),
    total(({ lost }) => lost),
    total(({ doubled }) => doubled),
    total(({ unknown }) => unknown),
    total(({ unreported }) => unreported),
    (longest / 1_000).toFixed(1),
  ];
}

function faultsOf(matches: readonly Match[]): string {
  const counts = new Map<string, number>();
  for (const { faults } of matches)
    for (const [fault, count] of faults) counts.set(fault, (counts.get(fault) ?? 0) + count);
  return [...counts].map(([fault, count]) => `${fault} ${amount(count)} times`).join(', ');
}

function sumOf(matches: readonly Match[], of: (match: Match) => number): number {
  return matches.reduce((sum, match) => sum + of(match), 0);
}

function amount(count: number): string {
  return count.toLocaleString('en-US');
}
