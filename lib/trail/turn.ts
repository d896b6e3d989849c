import { atExit } from '../at-exit';
import type { Deliverable } from './pending-records';

/** More are not gathered: what is many needs no company to be cheap. */
const MAX_RECORDS = 100;

/** As it was when this was loaded: a test that stops the clock must not keep writes from being answered. */
const afterCallbacks = setImmediate;

/**
 * Gathers what is to be kept until the callbacks of this turn of the event loop have run. A busy application gets
 * several of the database's answers in one turn. Encoded and appended together, their records cost a fraction of
 * what each alone would: one system call, and code that the processor has just run.
 */
export class Turn {
  private records: Deliverable[] = [];
  private count = 0;
  private ending: Promise<void> | undefined;
  /** Writes and COMMITs that have not been answered. */
  private underWay = 0;
  private callOff: (() => void) | undefined;

  /** `keep` must not throw. */
  constructor(private readonly keep: (records: readonly Deliverable[]) => void) {}

  /** Runs a write or a COMMIT, and resolves when what it has added is kept as well. */
  async during<T>(work: () => Promise<T>): Promise<T> {
    this.underWay++;
    try {
      const answer = await work();
      if (this.count > 0) await this.ending;
      return answer;
    } finally {
      this.underWay--;
    }
  }

  /**
   * Keeps the records at the end of the turn, which the answer waits for; or at once if they are many, or nothing else
   * is under way that could have company for them.
   */
  add(records: Deliverable): Promise<void> | undefined {
    this.records.push(records);
    this.count += records.count;
    if (this.count >= MAX_RECORDS || this.underWay <= 1) this.end();
    else this.begin();
    return this.count > 0 ? this.ending : undefined;
  }

  /** Keeps what is gathered now. */
  end(): void {
    if (this.count === 0) return;
    const { records } = this;
    this.records = [];
    this.count = 0;
    this.callOff?.();
    this.callOff = undefined;
    this.keep(records);
  }

  private begin(): void {
    // A process that exits in the middle of a turn.
    this.callOff ??= atExit(() => this.end());
    this.ending ??= new Promise((resolve) => {
      afterCallbacks(() => {
        this.ending = undefined;
        this.end();
        resolve();
      });
    });
  }
}
