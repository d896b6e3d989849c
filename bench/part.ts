import type { Servers, DatabaseName } from './support/servers';

/** What a part of the benchmark is given. */
export interface Bench {
  /** Minutes rather than the time that firm figures need. */
  readonly quick: boolean;
  /** The databases to run over, in this order. */
  readonly databases: readonly DatabaseName[];
  /** How long an outage lasts, where there is one. */
  readonly minutes: number;
  readonly servers: Servers;
  /** Shows how far the work is, if someone looks at a terminal. */
  progress<T>(label: string, total: number, work: (update: (done: number) => void) => Promise<T>): Promise<T>;
}

/** What the project has set itself, and what came out. A goal that is missed fails no run: the figure stands as it is. */
export interface Goal {
  /** What is judged: `update, 10 at a time, throughput of un-audited`. */
  readonly what: string;
  /** `at least 0.95`. */
  readonly aim: string;
  /** What was measured, as it is shown. */
  readonly value: string;
  readonly isMet: boolean;
}

export function sayGoal({ what, aim, value }: Goal): string {
  return `${what}: ${value} (goal: ${aim})`;
}

/** Bars side by side, in the order given. */
export interface Chart {
  /** Also names the file: `Drain on PostgreSQL` is drawn in `drain-on-postgresql.svg`. */
  readonly title: string;
  /** `records a second`. */
  readonly unit: string;
  readonly bars: readonly { readonly label: string; readonly value: number; readonly isOurs: boolean }[];
}

/** Figures that belong together; printed, and written to the results. */
export interface ResultTable {
  readonly title: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** What the figures say in sum, a sentence each. */
  readonly remarks: readonly string[];
  /** What was not done as it should have been, so that its figures mean nothing. The run ends with status 1. */
  readonly failures: readonly string[];
  readonly goals?: readonly Goal[];
  readonly chart?: Chart;
}

/** One part of the benchmark: `npm run bench <name>`. To add one, append it to `parts.ts`. */
export interface Part {
  readonly name: string;
  readonly description: string;
  /** How it is measured, and how to read the tables; a paragraph each. */
  readonly notes: readonly string[];
  /** Yields each table as soon as it is complete. */
  run(bench: Bench): AsyncIterable<ResultTable>;
}
