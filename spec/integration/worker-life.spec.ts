import path from 'node:path';
import type { Worker } from 'node:worker_threads';

import { expect } from 'chai';
import { DataTypes, Sequelize } from 'sequelize';

import { AuditWorker, configureAudit, startAuditWorker, withAudit } from '../../lib';
import type { AuditOptions, AuditWorkerHandle } from '../../lib';
import { Proxy } from '../support/proxy';
import { createDatabase, servers, temporaryFolder } from '../support/servers';
import { until } from '../support/until';
import { createWorld, MemoryLogger } from '../support/world';

/** How a worker starts and ends when not all is well. */
describe('the life of a worker', () => {
  for (const inThread of [true, false]) {
    it(`ends soon after its grace time when the database falls silent, ${inThread ? '' : 'not '}in a thread`, async () => {
      const database = await createDatabase('postgres');
      const proxy = await Proxy.to(database.url);
      await whileSilent(proxy, inThread, { driver: 'embedded', databaseUrl: proxy.url() });
      await database.drop();
    });
  }

  it('ends soon after its grace time when Redis falls silent', async () => {
    const proxy = await Proxy.to(servers().redis);
    await whileSilent(proxy, false, { driver: 'redis', redis: proxy.url() });
  });

  it('can be started again after its start was refused', async () => {
    const world = await createWorld('sqlite');
    const { trail } = world;
    await trail.database.sequelize.query('ALTER TABLE audits RENAME TO hidden');
    const worker = new AuditWorker(trail);
    const refusal: unknown = await worker.start().catch((error: unknown) => error);
    expect(refusal).to.have.property('code', 'AUDIT_NOT_MIGRATED');
    await trail.database.sequelize.query('ALTER TABLE hidden RENAME TO audits');
    await worker.start();
    expect(await worker.stats()).to.include({ state: 'running' });
    await worker.stop();
    // A promise that is rejected, not an error thrown at the caller.
    const again = worker.start();
    expect(await again.catch((error: unknown) => error)).to.have.property('code', 'AUDIT_WORKER_STATE');
    await world.dispose();
  });

  it('is started again after its thread died, as often as it takes', async () => {
    const world = await createWorld('postgres');
    const { trail, sequelize, logger } = world;
    const Product = withAudit(sequelize.define('Product', { n: DataTypes.INTEGER }));
    await sequelize.sync();
    const worker = await startAuditWorker({ sequelize });
    await trail.database.sequelize.query('ALTER TABLE audits RENAME TO hidden');
    await (worker as unknown as { thread: Worker }).thread.terminate();
    await until(() => logger.lines.some((line) => line.includes('did not start')), {
      what: 'a refused start',
    });
    await trail.database.sequelize.query('ALTER TABLE hidden RENAME TO audits');
    await Product.create({ n: 1 });
    await until(async () => (await trail.Audit.count()) === 1, { what: 'the record' });
    await worker.stop();
    await world.dispose();
  });
});

async function whileSilent(proxy: Proxy, inThread: boolean, options: AuditOptions): Promise<void> {
  const storage = path.join(temporaryFolder(), 'application.sqlite');
  const sequelize = new Sequelize({ dialect: 'sqlite', storage, logging: false });
  const logger = new MemoryLogger();
  const trail = configureAudit(sequelize, {
    dir: temporaryFolder(),
    logger,
    flushInterval: 0.02,
    ...options,
  });
  const Product = withAudit(sequelize.define('Product', { n: DataTypes.INTEGER }));
  await sequelize.sync();
  await trail.migrate();
  const worker: AuditWorkerHandle = await startAuditWorker({ sequelize, inThread });
  await Product.create({ n: 1 });
  await until(async () => (await worker.stats()).stored === 1, { what: 'the first record' });
  proxy.treat('silence');
  await Product.create({ n: 2 });
  if (options.driver === 'embedded')
    await until(async () => (await worker.stats()).claimed === 2, { what: 'a write without an answer' });
  const stopped = worker.stop({ graceMs: 500 }).then(() => true);
  await until(() => stopped, { what: 'the worker to end', timeoutMs: 5_000 });
  expect(await worker.stats()).to.include({ state: 'stopped', stored: 1 });
  proxy.close();
  await trail.close();
  await sequelize.close();
}
