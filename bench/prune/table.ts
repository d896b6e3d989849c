import type { Goal, ResultTable } from '../part';
import { amount } from '../support/cells';
import { Latencies } from '../support/latencies';
import type { Window } from './traffic';

/** A calm, or a run of the command. */
export interface Stretch {
  readonly name: string;
  readonly seconds: number;
  /** Rows that it deleted. */
  readonly pruned: number;
  readonly window: Window;
}

type Writer = keyof Window;

const WRITERS: readonly [Writer, string][] = [
  ['batches', 'audits, ten a batch'],
  ['updates', 'another table'],
];
const MOST = 2;

/** One line a stretch, in the order in which they were. */
export function pruneTable(title: string, stretches: readonly Stretch[]): ResultTable {
  const during = stretches.filter(({ pruned }) => pruned > 0);
  const pruned = during.reduce((sum, stretch) => sum + stretch.pruned, 0);
  const seconds = during.reduce((sum, stretch) => sum + stretch.seconds, 0);
  return {
    title,
    head: ['', 'seconds', 'rows pruned', ...WRITERS.flatMap(([, name]) => headOf(name))],
    rows: stretches.map(rowOf),
    remarks: [
      `${amount(pruned)} rows were pruned in ${seconds.toFixed(1)} s, ${amount(pruned / seconds)} a second.`,
    ],
    failures: [],
    goals: WRITERS.map(([writer, name]) => goalOf(name, writer, stretches)),
  };
}

function headOf(name: string): string[] {
  return [`${name}: a second`, 'p50, ms', 'p99, ms', 'most, ms'];
}

function rowOf({ name, seconds, pruned, window }: Stretch): string[] {
  const cells = WRITERS.flatMap(([writer]) => {
    const latencies = window[writer];
    const times = [latencies.percentile(50), latencies.percentile(99), latencies.most];
    return [amount(latencies.count / seconds), ...times.map((time) => time.toFixed(1))];
  });
  return [name, seconds.toFixed(1), amount(pruned), ...cells];
}

function goalOf(name: string, writer: Writer, stretches: readonly Stretch[]): Goal {
  const p99 = (when: string): number => {
    const all = new Latencies();
    for (const stretch of stretches) if (stretch.name === when) all.add(stretch.window[writer]);
    return all.percentile(99);
  };
  const [before, during] = [p99('before'), p99('during')];
  const ratio = during / before;
  return {
    what: `p99 of writes to ${name}, while pruning to before`,
    aim: `at most ${MOST}`,
    value: `${ratio.toFixed(2)} (${during.toFixed(1)} ms to ${before.toFixed(1)} ms)`,
    isMet: ratio <= MOST,
  };
}
