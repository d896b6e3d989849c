import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/**
 * Below the ranges that Linux (32768) and macOS (49152) take the ports of outgoing connections from: the port
 * of a server that a spec has stopped must still be free when it is started again, and in the range of the
 * system any connection of any process could have taken it in the meantime.
 */
const LOWEST = 20_000;
const HIGHEST = 32_000;

/** Two servers that start at the same time both find a port free, since neither listens yet. */
const given = new Set<number>();

/** A random port of 127.0.0.1 that no one listens on. */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const port = randomInt(LOWEST, HIGHEST);
    if (!given.has(port) && (await isFree(port))) {
      given.add(port);
      return port;
    }
  }
  throw new Error(`Found no free port of 127.0.0.1 between ${LOWEST} and ${HIGHEST}.`);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
}
