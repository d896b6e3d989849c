import { writeFile } from 'node:fs/promises';

import { Redis } from 'ioredis';

import type { PrivateServer } from '../../spec/support/servers';
import { findProgram } from '../../spec/support/servers/command';
import type { ServerKind } from '../../spec/support/servers/kind';
import { LocalServer } from '../../spec/support/servers/local';
import { redis } from '../../spec/support/servers/redis';
import { until } from '../../spec/support/until';

const PATIENCE_MS = 60_000;
const MASTER = 'trail';
const QUICK = ['INFO-PERIOD', '500', 'PUBLISH-PERIOD', '300', 'ASK-PERIOD', '300', 'PING-PERIOD', '200'];

/** Several servers that stand for one Redis. */
export interface RedisGroup {
  readonly url: string;
  /** The URLs of the servers that may have data. */
  readonly nodes: readonly string[];
  /** Kills the server that has the data; resolves when the group works again. */
  failOver(): Promise<void>;
  dispose(): Promise<void>;
}

/** One server, started with these arguments; a failover is that it is killed and comes back. */
export async function startLone(...args: string[]): Promise<RedisGroup> {
  const server = await startNode(args);
  return {
    url: server.url,
    nodes: [server.url],
    async failOver() {
      await server.stop('SIGKILL');
      await server.start();
    },
    dispose: () => server.dispose(),
  };
}

/** A master, a replica, and three Sentinels that look after them. Nothing is on disk, and what is not replicated is lost. */
export async function startSentinels(): Promise<RedisGroup> {
  const servers = [await startNode([]), await startNode([])];
  await ask(servers[1]!.url, (client) => client.replicaof('127.0.0.1', servers[0]!.port));
  const sentinels: PrivateServer[] = [];
  for (let count = 0; count < 3; count++) sentinels.push(await startSentinel(servers[0]!.port));
  // They look at the servers once in ten seconds otherwise; a run has more failovers if they look more often.
  for (const { url } of sentinels) await ask(url, (client) => client.call('SENTINEL', 'DEBUG', ...QUICK));
  const masterPort = async (): Promise<number> => {
    const address = await ask(sentinels[0]!.url, (client) =>
      client.call('SENTINEL', 'GET-MASTER-ADDR-BY-NAME', MASTER),
    );
    return Number((address as string[])[1]);
  };
  const isWhole = async (): Promise<boolean> => {
    const all = await Promise.all(
      sentinels.map(({ url }) => ask(url, (client) => client.call('SENTINEL', 'CKQUORUM', MASTER))),
    ).catch(() => []);
    const port = await masterPort();
    const info = await ask(redis.url(port), (client) => client.info('replication')).catch(() => '');
    return all.length === 3 && /role:master/.test(info) && /slave0:.*state=online/.test(info);
  };
  await until(isWhole, { what: 'the Sentinels to know each other', timeoutMs: PATIENCE_MS });
  return {
    url: `redis+sentinel://${sentinels.map(({ port }) => `127.0.0.1:${port}`).join(',')}/${MASTER}`,
    nodes: servers.map(({ url }) => url),
    async failOver() {
      const before = await masterPort();
      const master = servers.find(({ port }) => port === before)!;
      await master.stop('SIGKILL');
      await until(async () => (await masterPort()) !== before, {
        what: 'a failover',
        timeoutMs: PATIENCE_MS,
      });
      await master.start();
      await until(isWhole, { what: 'the old master to become a replica', timeoutMs: PATIENCE_MS });
    },
    dispose: () => disposeAll([...sentinels, ...servers]),
  };
}

/** Three masters that share the slots. What a killed one had is lost. */
export async function startCluster(): Promise<RedisGroup> {
  const nodes: PrivateServer[] = [];
  for (let count = 0; count < 3; count++)
    nodes.push(await startNode(['--cluster-enabled', 'yes', '--cluster-node-timeout', '1000']));
  const share = Math.ceil(16_384 / nodes.length);
  for (const [index, { url, port }] of nodes.entries()) {
    const last = Math.min(16_383, (index + 1) * share - 1);
    await ask(url, async (client) => {
      await client.call('CLUSTER', 'ADDSLOTSRANGE', index * share, last);
      if (index > 0) await ask(nodes[0]!.url, (first) => first.call('CLUSTER', 'MEET', '127.0.0.1', port));
    });
  }
  const isWhole = async (): Promise<boolean> => {
    const states = await Promise.all(
      nodes.map(({ url }) => ask(url, (client) => client.call('CLUSTER', 'INFO'))),
    ).catch(() => []);
    return states.length === 3 && states.every((state) => /cluster_state:ok/.test(String(state)));
  };
  await until(isWhole, { what: 'the nodes to know each other', timeoutMs: PATIENCE_MS });
  const keysOf = ({ url }: PrivateServer): Promise<number> => ask(url, (client) => client.dbsize());
  return {
    url: `redis+cluster://${nodes.map(({ port }) => `127.0.0.1:${port}`).join(',')}`,
    nodes: nodes.map(({ url }) => url),
    async failOver() {
      const counts = await Promise.all(nodes.map(keysOf));
      const full = nodes[counts.indexOf(Math.max(...counts))]!;
      await full.stop('SIGKILL');
      await full.start();
      await until(isWhole, { what: 'the node to be one of them again', timeoutMs: PATIENCE_MS });
    },
    dispose: () => disposeAll(nodes),
  };
}

function startNode(args: string[]): Promise<PrivateServer> {
  return startAs(redis, args);
}

/** Its configuration is a file, because it writes down there what it learns. */
function startSentinel(master: number): Promise<PrivateServer> {
  const program = findProgram('redis-server')!;
  const settings = [
    `sentinel monitor ${MASTER} 127.0.0.1 ${master} 2`,
    `sentinel down-after-milliseconds ${MASTER} 500`,
    `sentinel failover-timeout ${MASTER} 3000`,
  ].join('\n');
  const kind: ServerKind = {
    ...redis,
    locate: () =>
      Promise.resolve({
        initialize: (folder) => writeFile(`${folder}/sentinel.conf`, `${settings}\n`),
        serve: (folder, port) => [
          program,
          `${folder}/sentinel.conf`,
          ...['--sentinel', '--bind', '127.0.0.1', '--port', String(port), '--dir', folder],
        ],
      }),
  };
  return startAs(kind, []);
}

async function startAs(kind: ServerKind, args: string[]): Promise<PrivateServer> {
  const binaries = await kind.locate();
  if (!binaries) throw new Error('Several Redis servers need the program redis-server on this machine.');
  return LocalServer.create(kind, binaries, args, 'local binary');
}

async function ask<T>(url: string, question: (client: Redis) => Promise<T>): Promise<T> {
  const client = new Redis(url, { maxRetriesPerRequest: 0, retryStrategy: () => null });
  client.on('error', () => undefined);
  try {
    return await question(client);
  } finally {
    client.disconnect();
  }
}

async function disposeAll(servers: readonly PrivateServer[]): Promise<void> {
  await Promise.allSettled(servers.map((server) => server.dispose()));
}
