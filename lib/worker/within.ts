import { setTimeout as delay } from 'node:timers/promises';

/** Waits for work, but no longer than so many milliseconds: a silent server never answers. What it throws is no matter. */
export async function within(ms: number, work: Promise<unknown>): Promise<void> {
  const timer = new AbortController();
  const timeUp = delay(ms, undefined, { signal: timer.signal }).catch(() => undefined);
  await Promise.race([work.catch(() => undefined), timeUp]);
  timer.abort();
}
