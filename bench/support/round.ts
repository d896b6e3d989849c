import { setTimeout as delay } from 'node:timers/promises';

import { threadCpuMicroseconds } from './thread-cpu';

/** What one round cost, in microseconds an operation. */
export interface Cost {
  readonly wall: number;
  /** Of the thread that runs JavaScript: neither the database's nor that of Node's thread pool. */
  readonly cpu: number;
  /** Of each operation, from its call to its answer. */
  readonly latencies: readonly number[];
}

export interface RoundOptions {
  /** So many operations are under way at a time; default one. */
  readonly users?: number;
  /** So many of them are done before the clocks run; default none. */
  readonly lead?: number;
  /** Waits for what the operations have put off, which is part of their CPU time, but nobody waits for it. */
  readonly settle?: () => Promise<void>;
}

type Operations = readonly (() => Promise<unknown>)[];

/** Runs and measures the operations of a round. */
export async function measureRound(
  operations: Operations,
  { users = 1, lead = 0, settle }: RoundOptions = {},
): Promise<Cost> {
  await run(operations.slice(0, lead), users);
  const measured = operations.slice(lead);
  if (lead === 0) await sleep();
  const cpu = threadCpuMicroseconds();
  const start = performance.now();
  const latencies = await run(measured, users);
  const wall = (performance.now() - start) * 1000;
  await settle?.();
  await sleep();
  return {
    wall: wall / measured.length,
    cpu: (threadCpuMicroseconds() - cpu) / measured.length,
    latencies,
  };
}

/** Each user takes the next operation as soon as its last one is done. */
async function run(operations: Operations, users: number): Promise<number[]> {
  const left = operations.values();
  const latencies: number[] = [];
  const live = async (): Promise<void> => {
    for (const operation of left) {
      const start = performance.now();
      await operation();
      latencies.push((performance.now() - start) * 1000);
    }
  };
  await Promise.all(Array.from({ length: users }, live));
  return latencies;
}

/** Work that was put off is done, and the thread has slept: only then does the kernel bring its account up to date. */
function sleep(): Promise<void> {
  return delay(1);
}
