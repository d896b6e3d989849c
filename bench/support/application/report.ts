/** What the application measured in a phase; memory in bytes, times in milliseconds. */
export interface PhaseReport {
  readonly phase: string;
  readonly seconds: number;
  readonly writes: number;
  readonly p50: number;
  readonly p99: number;
  readonly resident: Usage;
  readonly heap: Usage;
  /** Outside of V8's heap, buffers among it. */
  readonly external: Usage;
}

export interface Usage {
  readonly median: number;
  readonly most: number;
}
