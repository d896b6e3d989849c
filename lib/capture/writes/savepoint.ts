import { inTransaction } from './own-transaction';
import type { WriteCall } from './write-call';

let savepoints = 0;

/**
 * Runs several writes that stand for one: all or none, as the one would. In a transaction of the
 * application's that takes a savepoint, because it may go on after an error. The savepoint is ours: nested
 * ones of Sequelize's bear the name of the one they lie in, and would take its place.
 */
export async function asOne<T>(call: WriteCall, work: (call: WriteCall) => Promise<T>): Promise<T> {
  if (!call.transaction) return inTransaction(call, work);
  const { sequelize, readOptions } = call;
  const name = `audit__${++savepoints}`;
  const run = (text: string): Promise<unknown> => sequelize.query(text, { ...readOptions, raw: true });
  const forget = call.markRecords();
  await run(`SAVEPOINT ${name}`);
  try {
    const answer = await work(call);
    await run(`RELEASE SAVEPOINT ${name}`);
    return answer;
  } catch (error) {
    forget();
    // What fails here is the transaction's own trouble.
    await run(`ROLLBACK TO SAVEPOINT ${name}`).catch(() => undefined);
    throw error;
  }
}
