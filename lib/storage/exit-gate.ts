import { setTimeout as delay } from 'node:timers/promises';

import type { Sequelize } from 'sequelize';

const [RUNNING, CLOSED] = [0, 1];
const POLL_MS = 20;

/**
 * sqlite3 aborts the process (SIGABRT) if the thread ends in which a statement of its is under way. So the worker's
 * thread passes this gate with each, and who is about to end the thread, in another one, closes it before.
 */
export class ExitGate {
  private readonly state: Int32Array;

  /** `shared` as the other thread's gate has it. */
  constructor(readonly shared = new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT)) {
    this.state = new Int32Array(shared);
  }

  /** Does the work, unless the gate is closed. */
  async pass<T>(work: () => Promise<T>): Promise<T> {
    Atomics.add(this.state, RUNNING, 1);
    try {
      if (Atomics.load(this.state, CLOSED) === 1) throw new Error('the worker is being ended');
      return await work();
    } finally {
      Atomics.sub(this.state, RUNNING, 1);
      Atomics.notify(this.state, RUNNING);
    }
  }

  /** Every statement of the instance passes, if it is one of SQLite's: other drivers may be ended at any moment. */
  guard(sequelize: Sequelize): Sequelize {
    if (sequelize.getDialect() !== 'sqlite') return sequelize;
    const query = sequelize.query.bind(sequelize) as (...args: unknown[]) => Promise<unknown>;
    sequelize.query = ((...args: unknown[]) => this.pass(() => query(...args))) as typeof sequelize.query;
    return sequelize;
  }

  /** Lets nothing more pass, and waits up to `ms` for what has. Until then the thread that calls it does nothing else. */
  closeSync(ms: number): void {
    Atomics.store(this.state, CLOSED, 1);
    const deadline = performance.now() + ms;
    for (let left = ms; this.running > 0 && left > 0; left = deadline - performance.now())
      Atomics.wait(this.state, RUNNING, this.running, left);
  }

  /** The same, beside other work. */
  async close(ms: number): Promise<void> {
    Atomics.store(this.state, CLOSED, 1);
    const deadline = performance.now() + ms;
    while (this.running > 0 && performance.now() < deadline) await delay(POLL_MS);
  }

  private get running(): number {
    return Atomics.load(this.state, RUNNING);
  }
}
