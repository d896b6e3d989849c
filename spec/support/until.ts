import { setTimeout as delay } from 'node:timers/promises';

type Truthy<T> = T extends false | 0 | '' | null | undefined ? never : T;

export interface UntilOptions {
  timeoutMs?: number;
  intervalMs?: number;
  /** What is waited for, as it reads after "timed out waiting for": "the queue to be empty". */
  what: string;
}

/**
 * Asks `condition` again and again until its answer is truthy, and returns that answer.
 *
 * What the condition throws is thrown at once: a wait that swallowed errors would turn each mistake in a
 * spec into a timeout. A condition that expects failures catches them itself.
 */
export async function until<T>(
  condition: () => T | Promise<T>,
  { timeoutMs = 10_000, intervalMs = 20, what }: UntilOptions,
): Promise<Truthy<T>> {
  const timer = new AbortController();
  const timeout = delay(timeoutMs, undefined, { signal: timer.signal }).then(
    () => Promise.reject(new Error(`Timed out after ${timeoutMs} ms waiting for ${what}.`)),
    () => undefined as never,
  );
  // One answer is raced at a time, so a timeout that falls between two of them has no one listening yet.
  timeout.catch(() => undefined);

  try {
    for (;;) {
      // The race is what ends a condition that never answers.
      const answer = await Promise.race([condition(), timeout]);
      if (answer) {
        return answer as Truthy<T>;
      }
      await Promise.race([delay(intervalMs), timeout]);
    }
  } finally {
    timer.abort();
  }
}
