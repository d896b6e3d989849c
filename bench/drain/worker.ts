import { Redis } from 'ioredis';

import { AuditWorker } from '../../lib';
import type { AuditTrail } from '../../lib';
import { directoriesOf } from '../../lib/buffer/directories';
import { LaneWriter } from '../../lib/buffer/journal/lane-writer';
import { redisKeys } from '../../lib/buffer/redis/connection';
import { entryFields } from '../../lib/buffer/redis/entry';
import type { Contender } from './contender';
import { close } from './home';
import type { Home } from './home';
import { batchesOf } from './records';

/** As many as an application ships at once where it is busy. */
const RECORDS_AN_ENTRY = 64;
const PATIENCE_MS = 300_000;

/** Our worker, from the journal: a frame holds one record, as where each change is a request of its own. */
export function fromJournal(home: Home, connections: number): Contender {
  const trail = home.open({ driver: 'embedded', connections });
  return {
    ...named('journal', connections, trail),
    ...runs(trail, (count) => {
      const writer = new LaneWriter(directoriesOf(trail.settings.dir).journal);
      for (const line of home.lines.slice(0, count)) writer.append([line]);
      writer.close();
    }),
    close: () => close(trail),
  };
}

/** Our worker, from the Redis Stream. */
export async function fromStream(home: Home, connections: number): Promise<Contender> {
  const redis = await home.bench.servers.redisUrl();
  const trail = home.open({ driver: 'redis', redis, redisKey: `drain-${connections}`, connections });
  const client = new Redis(redis);
  const { stream } = redisKeys(trail.settings.redisKey);
  return {
    ...named('stream', connections, trail),
    ...runs(trail, async (count) => {
      const pipeline = client.pipeline();
      for (const batch of batchesOf(home.lines.slice(0, count), RECORDS_AN_ENTRY))
        pipeline.xadd(stream, '*', ...entryFields(batch));
      await pipeline.exec();
    }),
    async close() {
      client.disconnect();
      await close(trail);
    },
  };
}

function named(
  buffer: string,
  connections: number,
  trail: AuditTrail,
): Pick<Contender, 'name' | 'kind' | 'connections' | 'share' | 'trail'> {
  return { name: `AuditWorker, ${buffer}`, kind: 'ours', connections, share: 1, trail };
}

function runs(
  trail: AuditTrail,
  fill: (count: number) => void | Promise<void>,
): Pick<Contender, 'prepare' | 'run' | 'rest'> {
  let worker = new AuditWorker(trail);
  let waiting = 0;
  return {
    async prepare(count) {
      await fill(count);
      waiting = count;
      worker = new AuditWorker(trail);
    },
    /** From the start of a worker, which looks at the migrations and connects to Redis, to its last acknowledgement. */
    run: () =>
      new Promise((resolve, reject) => {
        const deadline = setTimeout(() => reject(new Error(`${waiting} records never came.`)), PATIENCE_MS);
        worker.on('stored', ({ inserted, duplicates, buried }) => {
          waiting -= inserted + duplicates + buried;
          if (waiting > 0) return;
          clearTimeout(deadline);
          resolve();
        });
        worker.start().catch(reject);
      }),
    rest: () => worker.stop(),
  };
}
