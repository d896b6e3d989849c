import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';

import { expect } from 'chai';
import { Redis } from 'ioredis';
import { DataTypes, Sequelize } from 'sequelize';

import { configureAudit } from '../../lib';
import { audit, start } from '../cli/command';
import { createDatabase, servers, temporaryFolder } from '../support/servers';
import { until } from '../support/until';

const SHOP = path.join(__dirname, 'children/shop.js');
const WORKERS = 2;
const KILLS_A_WORKER = 5;
const APPLICATION_KILLS = 2;
/** AUDIT_TEST_SEED repeats the moments of a run that failed, as far as processes can be repeated. */
const SEED = Number(process.env['AUDIT_TEST_SEED'] ?? Date.now() % 1_000_000);

/** The promise of the README: killed at any moment, nothing is lost and nothing is stored twice. */
describe('processes killed at any moment', function () {
  this.timeout(60_000);

  for (const driver of ['embedded', 'redis'] as const) {
    it(`${driver}: every change that was reported has one record (seed ${SEED})`, async () => {
      const database = await createDatabase('postgres');
      const cwd = temporaryFolder();
      const redis = new Redis(servers().redis);
      const env = {
        DATABASE_URL: database.url, AUDIT_DRIVER: driver, AUDIT_DIR: path.join(cwd, '.audit'),
        AUDIT_REDIS_URL: servers().redis, AUDIT_REDIS_KEY: `spec-${randomUUID()}`,
        // Small and frequent batches: more moments between two steps to be killed at.
        AUDIT_BATCH_SIZE: '20', AUDIT_FLUSH_INTERVAL: '0.02',
      }; // prettier-ignore
      const sequelize = new Sequelize(database.url, { logging: false });
      const trail = configureAudit(sequelize, { driver: 'sync' });
      const Product = sequelize.define(
        'Product',
        { key: { type: DataTypes.STRING, primaryKey: true } },
        { timestamps: false },
      );
      await sequelize.sync();
      await trail.migrate();

      const reported: string[] = [];
      const running = new Set<ChildProcess>();
      const random = randomNumbers(SEED);
      let working = WORKERS;

      const more = (count: number): Promise<unknown> => {
        const target = reported.length + count;
        const what = `${count} more changes`;
        return until(() => reported.length >= target, { what, intervalMs: 1, timeoutMs: 20_000 });
      };
      const kill = async (child: ChildProcess): Promise<void> => {
        const closed = once(child, 'close');
        child.kill('SIGKILL');
        await closed;
        running.delete(child);
      };
      const openShop = (life: string): ChildProcess => {
        const child = spawn(process.execPath, [SHOP, life], {
          cwd, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'inherit'],
        }); // prettier-ignore
        running.add(child);
        createInterface({ input: child.stdout }).on('line', (key) => reported.push(key));
        return child;
      };
      const runShop = async (): Promise<void> => {
        for (let life = 0; life <= APPLICATION_KILLS; life++) {
          const shop = openShop(`life${life}`);
          await more(50 + Math.floor(random() * 300));
          // The last life lasts until the workers have had all of theirs.
          if (life === APPLICATION_KILLS)
            await until(() => working === 0, { what: 'the workers', timeoutMs: 40_000 });
          await kill(shop);
        }
      };
      const runWorker = async (): Promise<void> => {
        for (let life = 0; life < KILLS_A_WORKER; life++) {
          const worker = start(['work'], { cwd, env });
          running.add(worker.child);
          await worker.says(/takes records/);
          await more(1 + Math.floor(random() * 150));
          await kill(worker.child);
          if (driver === 'redis') await abandonClaims(redis, env.AUDIT_REDIS_KEY);
        }
        working--;
      };

      try {
        await Promise.all([runShop(), ...Array.from({ length: WORKERS }, runWorker)]);
        const drained = await audit(['work', '--drain'], { cwd, env });
        expect(drained.status, drained.stderr).to.equal(0);

        const rows = new Set((await Product.findAll()).map((row) => row.get('key') as string));
        const records = await trail.Audit.findAll();
        const recorded = records.map(({ auditableId }) => auditableId as string);
        expect(reported.length, 'changes').to.be.greaterThan(500);
        expect(new Set(records.map(({ event }) => event))).to.deep.equal(new Set(['created']));
        expect(new Set(records.map(({ id }) => id)).size).to.equal(records.length);
        expect(new Set(recorded).size, 'twice').to.equal(recorded.length);
        expect(
          reported.filter((key) => !recorded.includes(key)),
          'lost',
        ).to.deep.equal([]);
        expect(
          recorded.filter((key) => !rows.has(key)),
          'never made',
        ).to.deep.equal([]);
        // Of the change in flight when an application was killed, the row is there or not, and so is its record.
        const unreported = [...rows].filter((key) => !reported.includes(key)).map((key) => key.split('-')[0]);
        expect(unreported).to.deep.equal([...new Set(unreported)]);
      } finally {
        await Promise.all([...running].map(kill));
        redis.disconnect();
        await trail.close();
        await sequelize.close();
        await database.drop();
      }
    });
  }
});

/** What killed workers held is for others after a minute of silence; here that minute is over at once. */
async function abandonClaims(redis: Redis, prefix: string): Promise<void> {
  for (const key of await redis.keys(`*${prefix}*`)) {
    if ((await redis.type(key)) !== 'stream') continue;
    for (const group of (await redis.xinfo('GROUPS', key)) as string[][]) {
      const name = group[1] as string;
      const pending = (await redis.xpending(key, name, '-', '+', 10_000)) as [string][];
      const ids = pending.map(([id]) => id);
      if (ids.length > 0) await redis.xclaim(key, name, 'nobody', 0, ...ids, 'IDLE', 3_600_000, 'JUSTID');
    }
  }
}

/** mulberry32: the same numbers for the same seed. */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
