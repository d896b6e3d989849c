import type { LOG_LEVELS, Logger } from './logger';

export const DRIVER_NAMES = ['sync', 'embedded', 'redis'] as const;
export type DriverName = (typeof DRIVER_NAMES)[number];

export const FSYNC_POLICIES = ['never', 'interval', 'always'] as const;
export type FsyncPolicy = (typeof FSYNC_POLICIES)[number];

/** A connected ioredis client, or a cluster; its options are taken over by connections of our own. */
export interface RedisClientLike {
  duplicate(...args: never[]): unknown;
  readonly options: object;
}

/** A model whose instances are users, as far as we need it. */
export interface UserModel {
  readonly name: string;
  findByPk(key: string): Promise<unknown>;
  /** With these two, as Sequelize's models have them, users of many records are loaded by one query. */
  readonly primaryKeyAttribute?: string;
  findAll?(options: object): Promise<readonly object[]>;
}

/** The options of {@link configureAudit}. What is left out comes from the environment, then from the default. */
export interface AuditOptions {
  /**
   * `sync`: in the transaction of the change. `embedded`: a journal on local disk, read by a worker on
   * this host. `redis`: the journal, then a Redis Stream. AUDIT_DRIVER, default `embedded`.
   */
  driver?: DriverName;
  /** For driver `redis`: a URL, also of Sentinels or a Cluster, or an ioredis client. AUDIT_REDIS_URL. */
  redis?: string | RedisClientLike;
  /** Prefix of all keys in Redis. AUDIT_REDIS_KEY, default `audit`. */
  redisKey?: string;
  /** Records a worker writes in one go, 1 to 10,000. AUDIT_BATCH_SIZE, default 5000. */
  batchSize?: number;
  /** Seconds that an idle worker or shipper sleeps at most before it looks again. AUDIT_FLUSH_INTERVAL, default 0.25. */
  flushInterval?: number;
  /** Days that records are kept; 0 keeps them for ever. AUDIT_PRUNE_DAYS, default 90. */
  pruneDays?: number;
  /** Local directory for journal and rescue files. AUDIT_DIR, default `.audit`. */
  dir?: string;
  /**
   * When the journal is brought to disk, which matters at a power cut only. `never`: when the operating system
   * does. `interval`: each second. `always`: before the write returns, about a millisecond each time, during
   * which the event loop waits. AUDIT_FSYNC, default `never`.
   */
  fsync?: FsyncPolicy;
  /**
   * MiB of records that may wait in the journals of this host, 0 for no limit. Beyond it they are treated as
   * on a full disk. AUDIT_JOURNAL_LIMIT, default 10,240.
   */
  journalLimit?: number;
  /** Stores the trail in another database. AUDIT_DATABASE_URL. */
  databaseUrl?: string;
  /** Connections that a worker writes through at the same time, 1 to 16; on SQLite always one. AUDIT_CONNECTIONS, default 2. */
  connections?: number;
  /** Driver `redis`: seconds of a failing database until records go to rescue files. AUDIT_RESCUE_AFTER, default 10. */
  rescueAfter?: number;
  /** Cron expression for recovery of rescue files. AUDIT_RECOVER_SCHEDULE, default every minute. */
  recoverSchedule?: string;
  /** Cron expression for pruning, in the worker's time zone. AUDIT_PRUNE_SCHEDULE, default 03:00 each day. */
  pruneSchedule?: string;
  /** error, warn, info, debug or silent. AUDIT_LOG_LEVEL, default `warn` in an application, `info` in the command line. */
  logLevel?: (typeof LOG_LEVELS)[number];
  /** A logger of your own instead of winston on stderr. */
  logger?: Logger;
  /** Loads the users of records: one model, or several by the user's type. */
  userModel?: UserModel | Record<string, UserModel>;
}
