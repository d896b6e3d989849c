/**
 * What a worker has done since it started (in a thread: since the thread did); counts of records.
 *
 *   claimed  = stored + duplicates + rescued + buried + released + inHand
 *   rescued  = recovered + reburied + what waits in rescue files, over all workers of a directory
 *
 * Claimed twice counts twice: a record that was released, or whose worker died, comes again. Stored counts once over
 * all workers, but for a worker that is killed between its COMMIT and its count. So over restarts it is the table that
 * adds up, each record being there once.
 */
export interface WorkerStats {
  state: 'idle' | 'running' | 'stopping' | 'stopped';
  /** Taken from the buffer. */
  claimed: number;
  /** Claimed, and new in the table. */
  stored: number;
  /** Claimed, and in the table already: they came again after a crash. */
  duplicates: number;
  /** Claimed, and put into rescue files, because the database was down. */
  rescued: number;
  /** Claimed, and refused by the database for what they hold. */
  buried: number;
  /** Given back unfinished when the worker had to go. */
  released: number;
  /** Claimed, and nothing of the above yet. */
  inHand: number;
  /** Brought from rescue files into the table, whoever had rescued them; those that were there already as well. */
  recovered: number;
  /** Of rescue files, refused by the database and buried. */
  reburied: number;
  /** Deleted, because they were older than the retention. */
  pruned: number;
  /** How long ago the first record of the latest claim had been captured when it was claimed, in milliseconds; null before any. */
  lagMs: number | null;
  /** Whether the database fails at the moment. */
  databaseDown: boolean;
}

/** Of a worker that has done nothing yet. */
export const EMPTY_STATS: Readonly<WorkerStats> = {
  state: 'idle',
  claimed: 0,
  stored: 0,
  duplicates: 0,
  rescued: 0,
  buried: 0,
  released: 0,
  inHand: 0,
  recovered: 0,
  reburied: 0,
  pruned: 0,
  lagMs: null,
  databaseDown: false,
};

export interface WorkerEvents {
  stored: [{ inserted: number; duplicates: number; buried: number }];
  rescued: [{ records: number }];
  recovered: [{ recovered: number; duplicates: number; buried: number }];
  pruned: [{ records: number }];
  stopped: [];
}

export interface StopOptions {
  /** Milliseconds to finish; what is claimed then and not stored goes back. Default 10,000. */
  graceMs?: number;
  /** Within that time, also store what waits in the buffer, instead of only what is claimed. Default true. */
  drain?: boolean;
}

export const DEFAULT_GRACE_MS = 10_000;

/** What can be done with a worker, wherever it runs. */
export interface AuditWorkerHandle {
  /**
   * Resolves when the worker takes records; after a failure it may be called again.
   * Throws AUDIT_NOT_MIGRATED, AUDIT_DATABASE, AUDIT_WORKER_STATE.
   */
  start(): Promise<void>;
  /**
   * Stores what it can within the grace time, acknowledges it, and gives back the rest. Ends about two
   * seconds after that time even if a server gives no answer. May be called twice.
   */
  stop(options?: StopOptions): Promise<void>;
  /** Resolves when the buffer is empty; starts the worker if need be. */
  drain(): Promise<void>;
  stats(): Promise<WorkerStats>;
}
