import { Redis } from 'ioredis';
import { findProgram } from './command';
import type { Binaries, ServerKind } from './kind';

export const redis: ServerKind = {
  name: 'redis',
  variable: 'AUDIT_TEST_REDIS_URL',
  debianPackage: 'redis-server',
  programs: 'redis-server',
  accounts: [],
  stopSignal: 'SIGTERM',
  abortSignal: 'SIGKILL',

  url: (port) => `redis://127.0.0.1:${port}`,

  async version(url) {
    const client = new Redis(url, { lazyConnect: true, connectTimeout: 2_000, retryStrategy: () => null });
    // The promise only says that the connection is closed, and the event why.
    let reason: unknown;
    client.on('error', (error) => (reason = error));
    try {
      await client.connect();
      return /^redis_version:(\S+)/m.exec(await client.info('server'))?.[1] ?? 'unknown';
    } catch (error) {
      throw reason ?? error;
    } finally {
      client.disconnect();
    }
  },

  locate() {
    const server = findProgram('redis-server');
    return Promise.resolve(server === undefined ? undefined : binaries(server));
  },
};

function binaries(server: string): Binaries {
  return {
    // The last word on an option counts, so that a spec's own arguments come after these.
    serve: (folder, port) => [
      server,
      ...['--bind', '127.0.0.1', '--port', String(port), '--dir', folder],
      // Nothing is persisted, and nothing is evicted either: an audit trail must not lose entries silently.
      ...['--save', '', '--appendonly', 'no', '--maxmemory-policy', 'noeviction'],
    ],
  };
}
