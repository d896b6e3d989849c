import type { Cluster, Redis } from 'ioredis';

import { connect, whenReady } from '../../lib/buffer/redis/connection';
import type { RedisConnection } from '../../lib/buffer/redis/connection';
import type { Settings } from '../../lib/config';
import { createLogger } from '../../lib/logger';
import type { TrailStatus } from '../../lib/status/trail-status';

const READY_MS = 5_000;

export interface RedisNode {
  /** Host and port. */
  readonly name: string;
  readonly redis: Redis;
}

/**
 * Works on the Redis of the settings: one node; of Sentinels the master, of a Cluster every master. Undefined where
 * there is no Redis, or none that answers, which the buffer's check tells.
 */
export async function onRedis<T>(
  settings: Settings,
  status: TrailStatus,
  work: (nodes: readonly RedisNode[]) => Promise<T>,
): Promise<T | undefined> {
  if (settings.driver !== 'redis' || (status.buffer?.error ?? null) !== null) return undefined;
  const quiet = { redis: settings.redis, logger: createLogger('silent') };
  const connection = connect(quiet, 'sequelize-async-audit doctor');
  try {
    if (!(await isReady(connection))) return undefined;
    const nodes = connection.isCluster ? (connection as Cluster).nodes('master') : [connection as Redis];
    return await work(nodes.map((redis) => ({ name: nameOf(redis), redis })));
  } finally {
    connection.disconnect();
  }
}

async function isReady(connection: RedisConnection): Promise<boolean> {
  return whenReady(connection, READY_MS).then(
    () => true,
    () => false,
  );
}

function nameOf({ options, stream }: Redis): string {
  if (options.path) return options.path;
  // Of Sentinels only the connection knows which node is the master; those of a Cluster connect when they are needed.
  const { remoteAddress, remotePort } = (stream as Partial<typeof stream> | undefined) ?? {};
  const isSentinel = (options.sentinels ?? []).length > 0;
  return isSentinel && remoteAddress ? `${remoteAddress}:${remotePort}` : `${options.host}:${options.port}`;
}
