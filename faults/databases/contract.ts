import type { PrivateServer } from '../../spec/support/servers';

/** An application's database with the trail in it, and what can be done to the two of them from outside. */
export interface FaultyDatabase {
  /** As the application is given it, past every proxy. */
  readonly url: string;
  /**
   * Has the trail's table refuse one of so many records, for good reasons as far as anybody can tell: all with
   * 1, none with 0.
   */
  refuseRecords(oneOf: number): Promise<void>;
  /** Nobody else can write to the trail's table for so many milliseconds; who waits for long is refused halfway. */
  lockTrail(milliseconds: number): Promise<void>;
  /** Runs statements that all dialects know, one after another, where the trail is. */
  runOnTrail(...statements: string[]): Promise<void>;
  drop(): Promise<void>;
}

/** One that is reached through a server. */
export interface ServedDatabase extends FaultyDatabase {
  readonly server: PrivateServer;
  /** What a worker's statement holds when it stores a batch. */
  readonly insertion: string;
  /** Ends all connections to the database but the one that does it. */
  endConnections(): Promise<void>;
  /** Prepares for {@link deadlockTrail}. */
  plantDeadlock(): Promise<void>;
  /** Locks what the next statement of a worker needs the other way round, so that one of the two has to give in: the worker. */
  deadlockTrail(): Promise<void>;
}
