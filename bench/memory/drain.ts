import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { Sequelize } from 'sequelize';

import { configureAudit, recordAudit, withAudit } from '../../lib';
import type { AuditTrail, DriverName } from '../../lib';
import { changedValues, defineModels } from '../capture/models';
import { times } from '../capture/operation';
import type { Bench } from '../part';
import { Child } from '../support/child';
import { AUDIT, trailEnvironment } from '../support/programs';
import { residentPeak } from '../support/resident-peak';

/** What it took to store what waited; memory in bytes. */
export interface Drain {
  readonly driver: DriverName;
  readonly seconds: number;
  readonly stored: number;
  readonly residentPeak: number;
}

/** Records of one turn. */
const CHUNK = 1_000;
const LOOK_MS = 20;
const FLUSH = { timeoutMs: 120_000 };

/** Fills a buffer with records, then has a worker of its own process store them all. */
export async function measureDrain(bench: Bench, driver: DriverName, records: number): Promise<Drain> {
  const { servers } = bench;
  const database = await servers.createPostgres();
  const redis =
    driver === 'redis' ? { redis: await servers.redisUrl(), redisKey: `bench-${randomUUID()}` } : {};
  const dir = path.join(servers.folder(), '.audit');
  const sequelize = new Sequelize(database.url, { logging: false });
  const trail = configureAudit(sequelize, { driver, dir, ...redis });
  try {
    await trail.migrate();
    await bench.progress(`memory, records for ${driver}`, records, (update) =>
      capture(sequelize, trail, records, update),
    );
    const place = { driver, databaseUrl: database.url, redisUrl: redis.redis, redisKey: redis.redisKey, dir };
    const worker = new Child([AUDIT, 'work', '--drain'], servers.folder(), trailEnvironment(place));
    const startedAt = performance.now();
    const peak = await watch(worker);
    const seconds = (performance.now() - startedAt) / 1_000;
    return { driver, seconds, stored: await trail.Audit.count(), residentPeak: peak };
  } finally {
    await trail.close();
    await sequelize.close();
    await database.drop();
  }
}

/** Until all is where a worker finds it. */
async function capture(
  sequelize: Sequelize,
  trail: AuditTrail,
  records: number,
  update: (done: number) => void,
): Promise<void> {
  const Product = withAudit(defineModels(sequelize).Product);
  for (let done = 0; done < records; done += CHUNK) {
    const turn = times(Math.min(CHUNK, records - done), (index) =>
      recordAudit({
        event: 'updated',
        target: Product.build({ id: done + index }, { isNewRecord: false }),
        oldValues: changedValues(),
        newValues: changedValues(),
      }),
    );
    await Promise.all(turn);
    update(done + turn.length);
  }
  await trail.flush(FLUSH);
}

/** The most of a process's memory, until it has ended by itself. NaN where the system does not tell. */
async function watch(worker: Child<unknown>): Promise<number> {
  let peak = NaN;
  while (worker.isRunning) {
    peak = residentPeak(worker.pid) ?? peak;
    await delay(LOOK_MS);
  }
  await worker.end();
  return peak;
}
