import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import net from 'node:net';
import type { AddressInfo } from 'node:net';
import path from 'node:path';

import { expect } from 'chai';
import { DataTypes, Sequelize } from 'sequelize';

import { configureAudit, withAudit } from '../../lib';
import type { WorkerStats } from '../../lib';
import { createDatabase, servers, startPostgres } from '../support/servers';
import { until } from '../support/until';
import { audit, auditJson, MAIN, start } from './command';
import { applicationFolder, countStored, record, recordChanges, rescue } from './shop';

const SHOP = ['--url', 'sqlite:shop.sqlite'];
/** No server listens at port 1. */
const UNREACHABLE = 'postgres://shop@127.0.0.1:1/shop';

describe('audit work', () => {
  it('drains the journal, prints what it did, and ends', async () => {
    const cwd = applicationFolder();
    await audit(['migrate', ...SHOP], { cwd });
    await recordChanges(cwd, 7);
    rescue(cwd, [record()]);
    const { status, document, stderr } = await auditJson<WorkerStats>(['work', '--drain', ...SHOP], { cwd });
    expect(status, stderr).to.equal(0);
    expect(document).to.include({ state: 'stopped', claimed: 7, stored: 7, recovered: 1, buried: 0 });
    expect(stderr).to.contain(' audit info: ');
    expect(await countStored(cwd)).to.equal(8);
    const again = await audit(['work', '--drain', ...SHOP], { cwd });
    expect(again.status).to.equal(0);
    expect(again.stdout).to.contain('Stored 0 records.');
  });

  it('logs what --log-level or AUDIT_LOG_LEVEL asks for', async () => {
    const cwd = applicationFolder();
    await audit(['migrate', ...SHOP], { cwd });
    const args = ['work', '--drain', ...SHOP];
    expect((await audit([...args, '--log-level', 'warn'], { cwd })).stderr).to.equal('');
    expect((await audit(args, { cwd, env: { AUDIT_LOG_LEVEL: 'warn' } })).stderr).to.equal('');
    const both = { cwd, env: { AUDIT_LOG_LEVEL: 'silent' } };
    expect((await audit([...args, '--log-level', 'info'], both)).stderr).to.contain('info');
  });

  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
    it(`finishes what is claimed at ${signal}, exits with 0, and loses nothing`, async () => {
      const cwd = applicationFolder();
      await audit(['migrate', ...SHOP], { cwd });
      await recordChanges(cwd, 3000);
      const env = { AUDIT_BATCH_SIZE: '100' };
      const worker = start(['work', ...SHOP], { cwd, env });
      await worker.says(/Taking records from the journal/);
      worker.child.kill(signal);
      const { status, stdout } = await worker.result;
      expect(status).to.equal(0);
      expect(stdout).to.match(/Stored [\d,]+ records?/);
      await audit(['work', '--drain', ...SHOP], { cwd });
      expect(await countStored(cwd)).to.equal(3000);
    });
  }

  it('goes on where its log can be written to nothing', async () => {
    const cwd = applicationFolder();
    await audit(['migrate', ...SHOP], { cwd });
    await recordChanges(cwd, 7);
    // Open for reading only: it takes nothing, as on a full disk, and that on every system.
    const shell = ['sh', '-c', 'exec "$0" "$@" 2</dev/null', process.execPath, MAIN] as const;
    const worker = start(['work', '--drain', ...SHOP], { cwd }, shell);
    const { status, stdout } = await worker.result;
    expect(status).to.equal(0);
    expect(stdout).to.contain('Stored 7 records.');
  });

  it('keeps working until it is told to stop', async () => {
    const cwd = applicationFolder();
    await audit(['migrate', ...SHOP], { cwd });
    const worker = start(['work', ...SHOP, '--json'], { cwd });
    await worker.says(/takes records/);
    await recordChanges(cwd, 3);
    await until(async () => (await countStored(cwd)) === 3, { what: 'the records to be stored' });
    worker.child.kill('SIGTERM');
    const { status, stdout } = await worker.result;
    expect(status).to.equal(0);
    expect(JSON.parse(stdout)).to.include({ state: 'stopped', stored: 3 });
  });

  it('ends within its grace time when the database is down, and the records remain', async () => {
    const cwd = applicationFolder();
    const postgres = await startPostgres();
    const shop = ['--url', postgres.url];
    await audit(['migrate', ...shop], { cwd });
    await recordChanges(cwd, 3, postgres.url);
    await postgres.stop();
    const args = ['work', ...shop, '--grace', '0', '--log-level', 'debug'];
    const worker = start(args, { cwd });
    await worker.says(/still does not take records/);
    worker.child.kill('SIGTERM');
    const { status, stdout } = await worker.result;
    expect(status).to.equal(0);
    expect(stdout).to.match(/Stored 0 records \(released/);
    await postgres.start();
    await audit(['work', '--drain', ...shop], { cwd });
    const { document } = await auditJson<{ stored: { records: number } }>(['status', ...shop], { cwd });
    expect(document.stored.records).to.equal(3);
    await postgres.dispose();
  });

  it('ends at once with 1 at the second signal, and the records remain', async () => {
    const cwd = applicationFolder();
    const postgres = await startPostgres();
    const shop = ['--url', postgres.url];
    await audit(['migrate', ...shop], { cwd });
    await recordChanges(cwd, 3, postgres.url);
    await postgres.stop();
    const args = ['work', ...shop, '--grace', '600', '--log-level', 'debug'];
    const worker = start(args, { cwd });
    await worker.says(/still does not take records/);
    worker.child.kill('SIGTERM');
    await worker.says(/Finishing what is claimed/);
    worker.child.kill('SIGTERM');
    expect((await worker.result).status).to.equal(1);
    await postgres.start();
    await audit(['work', '--drain', ...shop], { cwd });
    const { document } = await auditJson<{ stored: { records: number } }>(['status', ...shop], { cwd });
    expect(document.stored.records).to.equal(3);
    await postgres.dispose();
  });

  it('ends soon after its grace time even when the database says nothing at all', async () => {
    const silent = net.createServer().listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as AddressInfo;
    const connected = once(silent, 'connection') as Promise<[net.Socket]>;
    const url = `postgres://shop@127.0.0.1:${port}/shop`;
    const worker = start(['work', '--url', url, '--grace', '0'], { cwd: applicationFolder() });
    const [socket] = await connected;
    worker.child.kill('SIGTERM');
    const { status, stderr } = await worker.result;
    expect(status).to.equal(1);
    expect(stderr).to.contain('gives no answer');
    socket.destroy();
    silent.close();
  });

  it('exits with 1 from an interrupted drain', async () => {
    const cwd = applicationFolder();
    await recordChanges(cwd, 3, UNREACHABLE);
    const worker = start(['work', '--drain', '--grace', '0', '--url', UNREACHABLE], { cwd });
    await worker.says(/Taking records/);
    worker.child.kill('SIGTERM');
    expect((await worker.result).status).to.equal(1);
  });

  it('runs only schedules with driver sync, says so, and stays', async () => {
    const cwd = applicationFolder();
    await audit(['migrate', '--driver', 'sync', ...SHOP], { cwd });
    const worker = start(['work', '--driver', 'sync', ...SHOP], { cwd });
    await worker.says(/only scheduled pruning/);
    worker.child.kill('SIGTERM');
    expect((await worker.result).status).to.equal(0);
  });

  it('carries records through Redis into PostgreSQL', async () => {
    const database = await createDatabase('postgres');
    const cwd = applicationFolder();
    const redis = servers().redis;
    const redisKey = `spec-${randomUUID()}`;
    const sequelize = new Sequelize(database.url, { logging: false });
    const dir = path.join(cwd, '.audit');
    const trail = configureAudit(sequelize, { driver: 'redis', redis, redisKey, dir });
    try {
      const Product = withAudit(sequelize.define('Product', { name: DataTypes.STRING }));
      await sequelize.sync();
      const args = ['--url', database.url];
      const surroundings = { cwd, env: { AUDIT_REDIS_KEY: redisKey } };
      await audit(['migrate', ...args], surroundings);
      for (const name of ['a lamp', 'a table']) await Product.create({ name });
      await trail.flush();
      interface Waiting {
        driver: string;
        buffer: { records: number };
      }
      const waiting = await auditJson<Waiting>(['status', ...args, '--redis', redis], surroundings);
      expect(waiting.document).to.include({ driver: 'redis' });
      expect(waiting.document.buffer).to.include({ records: 2, error: null });
      const drain = ['work', '--drain', ...args, '--redis', redis];
      const { status, document } = await auditJson<WorkerStats>(drain, surroundings);
      expect(status).to.equal(0);
      expect(document.stored).to.equal(2);
      expect(await trail.Audit.count()).to.equal(2);
    } finally {
      await trail.close();
      await sequelize.close();
      await database.drop();
    }
  });
});
