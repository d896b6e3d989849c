import type { Transaction } from 'sequelize';

import type { DriverName } from '../options';
import type { Batch } from '../record/batch';

/**
 * Where committed records go: the producing half of a buffer, one per application process.
 * One suite runs over every driver: spec/conformance/driver.spec.ts.
 */
export interface Driver {
  readonly name: DriverName;
  /**
   * Takes encoded records. Driver `sync` answers with a promise, and its failure fails the
   * write. The others are called after COMMIT, keep the records before they return, and never throw.
   */
  deliver(lines: readonly string[], transaction?: Transaction): void | Promise<void>;
  /** Resolves when all that was delivered has left this process, or with `stored`, is in the table. */
  flush(options: FlushOptions): Promise<void>;
  counters(): DriverCounters;
  close(): Promise<void>;
}

export interface FlushOptions {
  /** Wait until the records are in the table, not only out of this process. Default false. */
  stored?: boolean;
  /** Milliseconds to wait before AUDIT_FLUSH_TIMEOUT. Default 30,000. */
  timeoutMs?: number;
}

/**
 * What became of the records that this process has captured: `captured = journaled + stored + held + dropped`, at any
 * moment. Over restarts and several processes it is the table, the buffer and the directories that add up, each record
 * being in one of them by its id: `audit status`, and `audit doctor --reconcile` against the rows themselves.
 */
export interface DriverCounters {
  /** Records of committed changes (driver `sync`: of changes to be committed) and of events. */
  captured: number;
  /** Appended to the journal, from where nothing is lost. Drivers `embedded` and `redis`. */
  journaled: number;
  /** Written to the table by the application itself. Driver `sync`; a rollback of the change takes them back, uncounted. */
  stored: number;
  /** Not put on disk yet, because it takes nothing, and held in memory. */
  held: number;
  /** Lost, because disk and memory were both full or the journal could not be opened. Anything but 0 is an alarm. */
  dropped: number;
}

/**
 * Where a worker takes records from: the consuming half of a buffer. Delivery is at least once; the
 * writer makes it exactly once. Several sources on one buffer share the work.
 * One suite runs over every source: spec/conformance/source.spec.ts.
 */
export interface Source {
  /** Some records that no other source holds, at most about `limit`; undefined when there are none within `waitMs`. */
  claim(limit: number, waitMs: number): Promise<Claim | undefined>;
  /** The records are safe elsewhere and may be deleted here. */
  acknowledge(receipt: Receipt): Promise<void>;
  /** The records go back, to be claimed again by anyone. */
  release(receipt: Receipt): Promise<void>;
  depth(): Promise<Depth>;
  /** Gives back what is held. Claims that were not acknowledged will be claimed again. */
  close(): Promise<void>;
}

/** Records in the hands of one worker. */
export interface Claim {
  readonly batch: Batch;
  readonly receipt: Receipt;
}

/** Stands for claimed records without holding them in memory. Only the source that gave it can read it. */
export type Receipt = object;

/** How much waits in a buffer, claimed records included. */
export interface Depth {
  records: number;
  bytes: number;
  /** False where the numbers are estimated from a sample. */
  exact: boolean;
  /** When the first of them was captured, as its id tells; null if there is none. */
  oldest: Date | null;
}
