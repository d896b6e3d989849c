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

/** Figures that belong together; printed, and written to the results. */
export interface ResultTable {
  readonly title: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** What the figures say in sum, a sentence each. */
  readonly remarks: readonly string[];
  /** What was not done as it should have been, so that its figures mean nothing. The run ends with status 1. */
  readonly failures: readonly string[];
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
