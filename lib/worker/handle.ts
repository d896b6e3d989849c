/** What a worker has done since it started; counts of records. */
export interface WorkerStats {
  state: 'idle' | 'running' | 'stopping' | 'stopped';
  claimed: number;
  stored: number;
  /** Came again after a crash, and were there already. */
  duplicates: number;
  rescued: number;
  recovered: number;
  buried: number;
  pruned: number;
  /** Given back unfinished when the worker had to go. */
  released: number;
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
  recovered: 0,
  buried: 0,
  pruned: 0,
  released: 0,
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
