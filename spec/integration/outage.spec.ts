import fs from 'node:fs';
import path from 'node:path';

import { expect } from 'chai';
import { DataTypes, Sequelize } from 'sequelize';
import type { Model, ModelStatic } from 'sequelize';

import { AuditWorker, configureAudit, withAudit } from '../../lib';
import type { AuditOptions, AuditTrail } from '../../lib';
import { directoriesOf } from '../../lib/buffer/directories';
import { lanesOf } from '../../lib/buffer/journal/lane';
import { startPostgres, startRedis, temporaryFolder } from '../support/servers';
import type { PrivateServer } from '../support/servers';
import { until } from '../support/until';
import { MemoryLogger } from '../support/world';

/** Servers that go away and come back. */
describe('outages', function () {
  this.timeout(90_000);
  const servers: PrivateServer[] = [];
  let sequelize: Sequelize;
  let trail: AuditTrail;
  let worker: AuditWorker;
  let logger: MemoryLogger;
  let dir: string;
  let Product: ModelStatic<Model>;

  async function setUp(options: AuditOptions): Promise<void> {
    const storage = path.join(temporaryFolder(), 'application.sqlite');
    sequelize = new Sequelize({ dialect: 'sqlite', storage, logging: false });
    const folder = temporaryFolder();
    logger = new MemoryLogger();
    trail = configureAudit(sequelize, {
      dir: folder,
      logger,
      rescueAfter: 0.5,
      flushInterval: 0.02,
      ...options,
    });
    dir = trail.settings.dir;
    Product = withAudit(sequelize.define('Product', { n: DataTypes.INTEGER }, { timestamps: false }));
    await sequelize.sync();
    await trail.migrate();
    worker = new AuditWorker(trail);
    await worker.start();
  }
  const change = async (count: number): Promise<void> => {
    for (let n = 0; n < count; n += 100) {
      await Product.bulkCreate(
        Array.from({ length: Math.min(100, count - n) }, (_, index) => ({ n: n + index })),
      );
    }
  };
  const storedNumbers = async (): Promise<unknown[]> =>
    (await trail.Audit.findAll({ order: [['id', 'ASC']] })).map(({ newValues }) => newValues?.['n']);
  const numbers = (count: number): number[] => Array.from({ length: count }, (_, index) => index);
  const own = async (server: Promise<PrivateServer>): Promise<PrivateServer> => {
    const started = await server;
    servers.push(started);
    return started;
  };

  afterEach(async () => {
    await worker.stop({ graceMs: 1_000 });
    await trail.close();
    await sequelize.close();
    await Promise.all(servers.splice(0).map((server) => server.dispose()));
  });

  it('redis: 1,000 changes while the database is down go to rescue files, and arrive by themselves, each once', async () => {
    const [postgres, redis] = [await own(startPostgres()), await own(startRedis())];
    await setUp({ driver: 'redis', redis: redis.url, databaseUrl: postgres.url });
    await change(100);
    await until(async () => (await storedNumbers()).length === 100, {
      what: 'the first records to be stored',
    });

    await postgres.stop('SIGKILL');
    await change(1000);
    await until(async () => (await worker.stats()).rescued === 1000, {
      what: 'the rescue files',
      timeoutMs: 30_000,
    });
    expect(lanesOf(directoriesOf(dir).rescue)).not.to.have.length(0);
    const file = fs
      .readdirSync(lanesOf(directoriesOf(dir).rescue)[0]!)
      .find((name) => name.endsWith('.journal'));
    expect(file).to.be.a('string');

    await postgres.start();
    await change(1);
    await until(async () => (await storedNumbers()).length === 1101, {
      what: 'everything to be stored',
      timeoutMs: 60_000,
    });
    expect((await storedNumbers()).sort()).to.deep.equal([...numbers(100), ...numbers(1000), 0].sort());
    await until(() => lanesOf(directoriesOf(dir).rescue).length === 0, {
      what: 'the rescue files to be gone',
    });
  });

  it('embedded: records wait in the journal while the database is down', async () => {
    const postgres = await own(startPostgres());
    await setUp({ driver: 'embedded', databaseUrl: postgres.url });
    await postgres.stop('SIGKILL');
    await change(300);
    await until(async () => (await worker.stats()).databaseDown, { what: 'the worker to notice' });
    await postgres.start();
    await until(async () => (await storedNumbers().catch(() => [])).length === 300, {
      what: 'all records',
      timeoutMs: 60_000,
    });
    expect(await storedNumbers()).to.deep.equal(numbers(300));
    expect((await worker.stats()).rescued).to.equal(0);
  });

  it('a worker that is stopped during an outage gives its records back within the grace time', async () => {
    const postgres = await own(startPostgres());
    await setUp({ driver: 'embedded', databaseUrl: postgres.url });
    await postgres.stop('SIGKILL');
    await change(10);
    await until(async () => (await worker.stats()).databaseDown, { what: 'the worker to notice' });
    await worker.stop({ graceMs: 200 });
    expect((await worker.stats()).released).to.equal(10);
    await postgres.start();
    worker = new AuditWorker(trail);
    await worker.drain();
    expect(await storedNumbers()).to.deep.equal(numbers(10));
  });

  it('redis: changes go on while Redis is down, and arrive when it is back', async () => {
    const [postgres, redis] = [await own(startPostgres()), await own(startRedis())];
    await setUp({ driver: 'redis', redis: redis.url, databaseUrl: postgres.url });
    await redis.stop('SIGKILL');
    await change(300);
    const error: unknown = await trail.flush({ timeoutMs: 100 }).catch((reason: unknown) => reason);
    expect(error).to.have.property('code', 'AUDIT_FLUSH_TIMEOUT');
    await redis.start();
    await until(async () => (await storedNumbers()).length === 300, {
      what: 'all records',
      timeoutMs: 60_000,
    });
    expect(await storedNumbers()).to.deep.equal(numbers(300));
  });

  it('redis: what Redis loses is sent again from the journal, and stored once', async () => {
    const [postgres, redis] = [await own(startPostgres()), await own(startRedis())];
    await setUp({ driver: 'redis', redis: redis.url, databaseUrl: postgres.url });
    await change(50);
    await until(async () => (await storedNumbers()).length === 50, { what: 'the first records' });
    // The worker is away while the records are in Redis only, and Redis forgets all it had.
    await worker.stop();
    await change(300);
    await trail.flush();
    await redis.stop('SIGKILL');
    await redis.start();
    worker = new AuditWorker(trail);
    await worker.start();
    await trail.flush({ stored: true, timeoutMs: 60_000 });
    expect((await storedNumbers()).sort()).to.deep.equal([...numbers(50), ...numbers(300)].sort());
    expect(logger.lines.join('\n')).to.contain('sent again from the journal');
  });

  it('redis: FLUSHALL loses nothing', async () => {
    const [postgres, redis] = [await own(startPostgres()), await own(startRedis())];
    await setUp({ driver: 'redis', redis: redis.url, databaseUrl: postgres.url });
    await worker.stop();
    await change(300);
    await trail.flush();
    const { Redis } = await import('ioredis');
    const client = new Redis(redis.url);
    await client.flushall();
    client.disconnect();
    worker = new AuditWorker(trail);
    await worker.start();
    await trail.flush({ stored: true, timeoutMs: 60_000 });
    expect(await storedNumbers()).to.deep.equal(numbers(300));
  });

  it('redis: says so when Redis may evict', async () => {
    const [postgres, redis] = [
      await own(startPostgres()),
      await own(startRedis({ args: ['--maxmemory-policy', 'allkeys-lru'] })),
    ];
    await setUp({ driver: 'redis', redis: redis.url, databaseUrl: postgres.url });
    await until(() => logger.lines.some((line) => line.includes('allkeys-lru')), { what: 'a warning' });
  });
});
