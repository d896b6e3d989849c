/** What happens to the way to the trail's database and, with driver `redis`, to Redis, in this order. */
export const PHASES = ['warm-up', 'normal', 'refused', 'silent', 'healed'] as const;
export type Phase = (typeof PHASES)[number];

/** Those in which nothing can be stored. */
export const DOWN: readonly Phase[] = ['refused', 'silent'];

/** What the application measured in a phase; memory in bytes, times in milliseconds. */
export interface PhaseReport {
  readonly phase: Phase;
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
