import type { ResultTable } from '../part';
import { amount, megabytes } from '../support/cells';
import { atMost } from '../support/goals';
import { median } from '../support/statistics';
import type { Drain } from './drain';
import { VARIANTS } from './full-load';
import type { Load, Variant } from './full-load';

/** In megabytes. */
const MOST_OF_WORKER = 150;
const MOST_OF_AUDITS = 32;
const SHOWN = { digits: 0, unit: ' MB' };

/** One line a driver. */
export function drainTable(records: number, drains: readonly Drain[]): ResultTable {
  return {
    title: `postgres: a worker that stores ${amount(records)} records`,
    head: ['driver', 'seconds', 'records a second', 'RSS at most, MB'],
    rows: drains.map(({ driver, seconds, stored, residentPeak }) => [
      driver,
      seconds.toFixed(1),
      amount(stored / seconds),
      megabytes(residentPeak),
    ]),
    remarks: [],
    failures: drains
      .filter(({ stored }) => stored !== records)
      .map(({ driver, stored }) => `${driver}: ${amount(stored)} of ${amount(records)} records are stored.`),
    goals: drains.map(({ driver, residentPeak }) =>
      atMost(`RSS of the worker, driver ${driver}`, MOST_OF_WORKER, residentPeak / 1e6, SHOWN),
    ),
  };
}

/** One line a variant of the application. */
export function loadTable(loads: readonly Load[]): ResultTable {
  const audited = VARIANTS.filter((variant) => variant !== 'un-audited');
  return {
    title: 'postgres: an application at full load',
    head: ['', 'writes a second', 'RSS at most, MB', 'of each round', 'above un-audited, MB'],
    rows: VARIANTS.map((variant) => rowOf(variant, loads)),
    remarks: [],
    failures: [],
    goals: audited.map((variant) =>
      atMost(
        `RSS of the application above un-audited, driver ${variant}`,
        MOST_OF_AUDITS,
        extraOf(variant, loads) / 1e6,
        SHOWN,
      ),
    ),
  };
}

function rowOf(variant: Variant, loads: readonly Load[]): string[] {
  const reports = loads.filter((load) => load.variant === variant).map(({ report }) => report);
  const peaks = peaksOf(variant, loads);
  return [
    variant,
    amount(median(reports.map(({ writes, seconds }) => writes / seconds))),
    megabytes(median(peaks)),
    peaks.map(megabytes).join(', '),
    variant === 'un-audited' ? '–' : megabytes(extraOf(variant, loads)),
  ];
}

/** In the order of the rounds. */
function peaksOf(variant: Variant, loads: readonly Load[]): number[] {
  return loads.filter((load) => load.variant === variant).map(({ report }) => report.resident.most);
}

function extraOf(variant: Variant, loads: readonly Load[]): number {
  const plain = peaksOf('un-audited', loads);
  return median(peaksOf(variant, loads).map((peak, round) => peak - (plain[round] ?? NaN)));
}
