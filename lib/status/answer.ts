/** A server that says nothing is as good as down; Sequelize would wait a minute for it. */
const ANSWER_MS = 10_000;

/** What `work` comes to, or an error if it takes longer than so many milliseconds, by default ten seconds. */
export async function withinTime<T>(
  work: Promise<T>,
  ms: number = ANSWER_MS,
  late: () => Error = () => new Error(`no answer within ${ms / 1000} seconds`),
): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const timeUp = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(late()), ms);
  });
  try {
    return await Promise.race([work, timeUp]);
  } finally {
    clearTimeout(timer);
    // Whoever was not waited for may still fail.
    work.catch(() => undefined);
  }
}
