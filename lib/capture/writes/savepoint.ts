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
  const undo = await savepoint(call);
  try {
    const answer = await work(call);
    await undo.release();
    return answer;
  } catch (error) {
    await undo.rollBack();
    throw error;
  }
}

export interface Savepoint {
  release(): Promise<void>;
  /** Undoes what was written and recorded since. What fails is the transaction's own trouble. */
  rollBack(): Promise<void>;
}

/** A savepoint in the transaction that the write has. */
export async function savepoint(call: WriteCall): Promise<Savepoint> {
  const { sequelize, readOptions, transaction, trail } = call;
  const name = `audit__${++savepoints}`;
  const run = (text: string): Promise<unknown> => sequelize.query(text, { ...readOptions, raw: true });
  const forget = transaction ? trail.mark(transaction) : () => undefined;
  await run(`SAVEPOINT ${name}`);
  return {
    async release() {
      await run(`RELEASE SAVEPOINT ${name}`);
    },
    async rollBack() {
      forget();
      await run(`ROLLBACK TO SAVEPOINT ${name}`).catch(() => undefined);
    },
  };
}
