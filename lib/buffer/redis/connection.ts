import type * as IoRedisModule from 'ioredis';
import type { Cluster, ClusterOptions, Redis, RedisOptions } from 'ioredis';

import type { Settings } from '../../config';
import { AuditError, messageOf } from '../../errors';
import type { Logger } from '../../logger';
import { optionalRequire } from '../../optional-require';
import { parseGroupUrl } from './group-url';

type IoRedis = typeof IoRedisModule;
export type RedisConnection = Redis | Cluster;

/** The keys in Redis. One hash tag, so that all of them lie in one slot of a cluster. */
export interface RedisKeys {
  readonly stream: string;
  /** Made anew when Redis has lost its data: tells the shipper that what it shipped is gone. */
  readonly epoch: string;
}

export const GROUP = 'writers';

export function redisKeys(prefix: string): RedisKeys {
  return { stream: `{${prefix}}:stream`, epoch: `{${prefix}}:epoch` };
}

/**
 * Settings that ioredis 6 needs to be a good producer and consumer: by its defaults a command waits 73
 * seconds for a Redis that is down, in a queue without bounds. Here it fails within its timeout, and
 * the records stay in the journal.
 */
const OPTIONS: RedisOptions = {
  enableOfflineQueue: false,
  maxRetriesPerRequest: 1,
  connectTimeout: 5_000,
  // Longer than any BLOCK, MAX_BLOCK_MS.
  commandTimeout: 10_000,
  // A command that has timed out leaves its connection as it is. One that has fallen silent never answers again.
  socketTimeout: 15_000,
  retryStrategy: retryDelay,
  reconnectOnError: (error) => error.message.startsWith('READONLY'),
  keyPrefix: '',
  // The replies' shapes differ between RESP 2 and 3.
  protocol: 2,
};

const CLUSTER_OPTIONS: ClusterOptions = {
  enableOfflineQueue: false,
  keyPrefix: '',
  clusterRetryStrategy: retryDelay,
};

/** A connection of our own, from a URL or from the options of the application's client. */
export function connect(settings: Pick<Settings, 'redis' | 'logger'>, name: string): RedisConnection {
  const { redis, logger } = settings;
  const connection = typeof redis === 'string' ? fromUrl(redis, name) : fromClient(redis, name);
  reportTrouble(connection, logger);
  return connection;
}

function fromUrl(url: string, name: string): RedisConnection {
  const ioredis = optionalRequire<IoRedis>('ioredis', 'Driver "redis"');
  const options = { ...OPTIONS, connectionName: name };
  const group = parseGroupUrl(url);
  if (!group) return new ioredis.Redis(url, options);
  const { kind, nodes, credentials, tls, path } = group;
  const own: RedisOptions = { ...options, ...credentials, ...(tls ? { tls: {} } : {}) };
  if (kind === 'cluster') return new ioredis.Cluster([...nodes], { ...CLUSTER_OPTIONS, redisOptions: own });
  const [master = '', db = '0'] = path;
  return new ioredis.Redis({
    ...own,
    sentinels: [...nodes],
    name: master,
    db: Number(db),
    sentinelRetryStrategy: retryDelay,
  });
}

function fromClient(client: Settings['redis'], name: string): RedisConnection {
  const given = client as unknown as RedisConnection;
  const options = { ...OPTIONS, connectionName: name };
  if (!given.isCluster) return (given as Redis).duplicate(options);
  return (given as Cluster).duplicate([], { ...CLUSTER_OPTIONS, redisOptions: options });
}

/** One more of the same kind. Of trouble the first tells; theirs is the same server. */
export function anotherOf(connection: RedisConnection): RedisConnection {
  const another = connection.isCluster
    ? (connection as Cluster).duplicate()
    : (connection as Redis).duplicate();
  another.on('error', withoutCommand);
  return another;
}

/** ioredis tells of each attempt; a person wants to know when it went and when it is back. */
function reportTrouble(connection: RedisConnection, logger: Logger): void {
  let down = false;
  connection.on('error', (error: unknown) => {
    withoutCommand(error);
    if (!down) logger.warn(`Redis cannot be reached (${messageOf(error)}). Records wait in the journal.`);
    down = true;
  });
  connection.on('ready', () => {
    if (down) logger.info('Redis is back.');
    down = false;
    void warnOfEviction(connection, logger);
  });
}

/** ioredis puts the command on the error: of AUTH that is the password, and this error becomes the cause of ours. */
function withoutCommand(error: unknown): void {
  if (typeof error === 'object' && error !== null) Reflect.deleteProperty(error, 'command');
}

async function warnOfEviction(connection: RedisConnection, logger: Logger): Promise<void> {
  // CONFIG GET is often forbidden; INFO is not.
  const info = await connection.info('memory').catch(() => '');
  const policy = /^maxmemory_policy:(\S+)/m.exec(info)?.[1];
  if (policy !== undefined && policy !== 'noeviction') {
    logger.warn(
      `Redis may throw audit records away when its memory is full (maxmemory-policy ${policy}). ` +
        'Set it to noeviction, or use a Redis of its own for the audit stream.',
    );
  }
}

/** Waits until commands can be sent. Throws AUDIT_DATABASE after the time is up. */
export async function whenReady(connection: RedisConnection, timeoutMs: number): Promise<void> {
  if (connection.status === 'ready') return;
  await new Promise<void>((resolve, reject) => {
    let last: unknown = new Error('no answer');
    const onError = (error: unknown): void => void (last = error);
    const done = (settle: () => void): void => {
      clearTimeout(timer);
      connection.off('ready', onReady);
      connection.off('error', onError);
      settle();
    };
    const onReady = (): void => done(resolve);
    const timer = setTimeout(() => {
      done(() =>
        reject(
          new AuditError('AUDIT_DATABASE', `Redis cannot be reached: ${messageOf(last)}.`, { cause: last }),
        ),
      );
    }, timeoutMs);
    connection.once('ready', onReady);
    connection.on('error', onError);
  });
}

/** Redis only says that "a key" holds the wrong kind of value; a person has to know which, and what to do. */
export function explained(error: unknown, { stream, epoch }: RedisKeys): unknown {
  if (!messageOf(error).includes('WRONGTYPE')) return error;
  return new AuditError(
    'AUDIT_DATABASE',
    `The Redis keys ${stream} (a stream) and ${epoch} (a string) are needed for audit records, but one of them ` +
      'holds something else. Remove it, or name other keys with the option "redisKey" or AUDIT_REDIS_KEY.',
    { cause: error },
  );
}

/** Milliseconds until the next attempt to connect. */
function retryDelay(attempt: number): number {
  return Math.min(2_000, 50 * 2 ** Math.min(attempt, 6)) + Math.random() * 50;
}
