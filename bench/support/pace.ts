import { setTimeout as delay } from 'node:timers/promises';

/**
 * Begins a work so many times a second, evenly, whether those before are done or not: each millisecond what is due
 * by then, and no earlier. Resolves when all of it is done.
 */
export async function atPace(
  total: number,
  perSecond: number,
  work: (serial: number) => Promise<unknown>,
): Promise<void> {
  const startedAt = performance.now();
  const underWay: Promise<unknown>[] = [];
  while (underWay.length < total) {
    const due = Math.min(total, Math.floor(((performance.now() - startedAt) / 1000) * perSecond));
    while (underWay.length < due) underWay.push(work(underWay.length));
    await delay(1);
  }
  await Promise.all(underWay);
}
