import type { ResultTable } from '../part';
import { amount } from '../support/figures';
import { DOWN } from './phases';
import type { PhaseReport } from './phases';
import type { Backlog, CaseResult } from './run-case';

const HEAD = [
  'phase',
  'seconds',
  'writes/s',
  'p50, ms',
  'p99, ms',
  'RSS median, MB',
  'RSS at most, MB',
  'above normal, MB',
  'heap at most, MB',
  'external at most, MB',
  'records waiting',
  'journal, MB',
];

/** What is promised while nothing can be stored: MB above the most that is normal, and times the normal p99. */
const PROMISED_MB = 64;
const PROMISED_RATIO = 2;

/** One line a phase. */
export function caseTable(title: string, result: CaseResult): ResultTable {
  const { phases, acknowledged, stored, distinct, drainSeconds, errors, logged } = result;
  const normal = phases.find(({ phase }) => phase === 'normal') as PhaseReport;
  const down = phases.filter(({ phase }) => DOWN.includes(phase));
  const above = Math.max(...down.map(({ resident }) => resident.most - normal.resident.most));
  const ratio = Math.max(...down.map(({ p99 }) => p99 / normal.p99));
  const isWhole = stored === acknowledged && distinct === acknowledged;
  return {
    title,
    head: HEAD,
    rows: phases.map((phase) => rowOf(phase, normal)),
    remarks: [
      `While nothing could be stored: RSS at most ${megabytes(above)} MB above the most of normal (promised: ` +
        `${PROMISED_MB}), p99 at most ${ratio.toFixed(2)} times that of normal (promised: ${PROMISED_RATIO}).`,
      `Of ${amount(acknowledged)} acknowledged changes ${amount(stored)} records are in the trail; what waited at ` +
        `the end was stored in ${drainSeconds.toFixed(1)} s. The application logged ${amount(logged)} lines.`,
    ],
    failures: [
      ...(isWhole ? [] : [`${stored} records, ${distinct} ids, of ${acknowledged} acknowledged changes.`]),
      ...(errors.length === 0 ? [] : [`Writes failed: ${errors.join('; ')}`]),
    ],
  };
}

function rowOf(report: PhaseReport & Backlog, normal: PhaseReport): string[] {
  const { phase, seconds, writes, p50, p99, resident, heap, external, records, journalBytes } = report;
  return [
    phase,
    seconds.toFixed(0),
    amount(writes / seconds),
    p50.toFixed(1),
    p99.toFixed(1),
    megabytes(resident.median),
    megabytes(resident.most),
    megabytes(resident.most - normal.resident.most),
    megabytes(heap.most),
    megabytes(external.most),
    amount(records),
    megabytes(journalBytes),
  ];
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(0);
}
