import timers from 'node:timers';

import { atExit } from '../at-exit';
import type { Deliverable } from './pending-records';

/** More are not gathered: what is many needs no company to be cheap. */
const MAX_RECORDS = 100;

/**
 * Node's own, as it was when this was loaded: a test that stops the clock must not keep writes from being answered. The
 * global one may have been replaced before anything is loaded, as by Jest; fake timers that replace this one as well,
 * as sinon's do, have to come later.
 */
const afterCallbacks = timers.setImmediate;

/**
 * Gathers what is to be kept until the callbacks of this turn of the event loop have run. A busy application gets
 * several of the database's answers in one turn. Encoded and appended together, their records cost a fraction of
 * what each alone would: one system call, and code that the processor has just run.
 */
export class Turn {
  private records: Deliverable[] = [];
  private count = 0;
  private ending: Promise<void> | undefined;
  private callOff: (() => void) | undefined;

  /** `keep` must not throw. */
  constructor(private readonly keep: (records: readonly Deliverable[]) => void) {}

  /** Until what is gathered is kept; undefined if nothing is. */
  get ended(): Promise<void> | undefined {
    return this.records.length > 0 ? this.ending : undefined;
  }

  /** Keeps the records at the end of the turn, which the answer waits for, or at once if they are many. */
  add(records: Deliverable): Promise<void> | undefined {
    this.records.push(records);
    this.count += records.count;
    if (this.count >= MAX_RECORDS) this.end();
    else this.begin();
    return this.ended;
  }

  /** Keeps what is gathered now. */
  end(): void {
    if (this.records.length === 0) return;
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
        try {
          this.end();
        } finally {
          resolve();
        }
      });
    });
  }
}
