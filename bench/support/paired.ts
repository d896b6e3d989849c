import { setTimeout as delay } from 'node:timers/promises';

import { threadCpuMicroseconds } from './thread-cpu';

/** What one round cost, in microseconds an operation. */
export interface Cost {
  readonly wall: number;
  /** Of the thread that runs JavaScript: neither the database's nor that of Node's thread pool. */
  readonly cpu: number;
}

export interface PairedOptions {
  /** Milliseconds after which no further round begins. */
  readonly budgetMs: number;
  /** So many rounds in any case. */
  readonly minRounds: number;
}

/** Prepares a round, unmeasured, and resolves to its operations, which are run one after the other. */
export type Variant = () => Promise<readonly (() => Promise<unknown>)[]>;

/**
 * Runs the variants of one operation against each other in many short rounds, and resolves to the costs
 * of each, round by round.
 *
 * The speed of a machine wanders by some per cent within seconds. What is compared lies side by side,
 * therefore, and the order changes from round to round, so that none always follows the same other one.
 * The first round, in which code and caches are cold, is left out.
 */
export async function measurePaired<Name extends string>(
  variants: Readonly<Record<Name, Variant>>,
  { budgetMs, minRounds }: PairedOptions,
): Promise<Record<Name, Cost[]>> {
  const names = Object.keys(variants) as Name[];
  const costs = Object.fromEntries(names.map((name) => [name, [] as Cost[]])) as Record<Name, Cost[]>;
  const start = performance.now();
  for (let round = -1; round < minRounds || performance.now() - start < budgetMs; round++) {
    for (const name of orderOf(names, round + 1)) {
      const cost = await measure(await variants[name]());
      if (round >= 0) costs[name].push(cost);
    }
  }
  return costs;
}

/** All rotations one after the other, then all of the reverse. */
export function orderOf<T>(items: readonly T[], round: number): T[] {
  const turn = round % items.length;
  const rotated = [...items.slice(turn), ...items.slice(0, turn)];
  return Math.floor(round / items.length) % 2 === 0 ? rotated : rotated.reverse();
}

async function measure(operations: readonly (() => Promise<unknown>)[]): Promise<Cost> {
  await settle();
  const cpu = threadCpuMicroseconds();
  const start = performance.now();
  for (const operation of operations) await operation();
  const wall = (performance.now() - start) * 1000;
  await settle();
  return {
    wall: wall / operations.length,
    cpu: (threadCpuMicroseconds() - cpu) / operations.length,
  };
}

/** Work that was put off is done, and the thread has slept: only then does the kernel bring its account up to date. */
function settle(): Promise<void> {
  return delay(1);
}
