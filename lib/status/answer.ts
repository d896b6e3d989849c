import { setTimeout as delay } from 'node:timers/promises';

/** A server that says nothing is as good as down; Sequelize would wait a minute for it. */
const ANSWER_MS = 10_000;

/** What `work` comes to, or an error if it takes longer than ten seconds. */
export async function withinTime<T>(work: Promise<T>): Promise<T> {
  const timer = new AbortController();
  const late = delay(ANSWER_MS, undefined, { signal: timer.signal }).then(() => {
    throw new Error(`no answer within ${ANSWER_MS / 1000} seconds`);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    timer.abort();
    late.catch(() => undefined);
    work.catch(() => undefined);
  }
}
