import { chmodSync } from 'node:fs';
import path from 'node:path';

import { expect } from 'chai';
import { DataTypes, Sequelize } from 'sequelize';

import { configureAudit, startAuditWorker, withAudit } from '../../lib';
import { Workers } from '../../lib/storage/workers';
import type { WorkerSign } from '../../lib/storage/workers';
import { createDatabase } from '../support/servers';
import { audit, auditJson, startOnTerminal } from './command';
import { applicationFolder, LIBRARY, onTrail, record, recordChanges, rescue, write } from './shop';

const SHOP = ['--url', 'sqlite:shop.sqlite'];
const RECONCILE = ['doctor', '--reconcile', '--module', 'database.js'];

interface Document {
  verdict: string;
  checks: { name: string; verdict: string; detail: string; remedy: string | null }[];
  reconcile: {
    waiting: number | null;
    models: Record<string, unknown>[];
    differences: Record<string, unknown>[];
  } | null;
}

/** What a worker says that has just started. */
const WORKER: WorkerSign = {
  ...{ id: 'a', host: 'a-host', pid: 7, version: '1.0.0', driver: 'embedded', startedMsAgo: 0 },
  ...{ stored: 0, duplicates: 0, rescued: 0, buried: 0, storedPerSecond: null },
  ...{ recoveredMsAgo: null, lastError: null },
};

/** The application's own file: an instance with two audited models. */
const MODULE = `
const { Sequelize, DataTypes } = require('sequelize');
const { withAudit } = require(${JSON.stringify(LIBRARY)});
const sequelize = new Sequelize({ dialect: 'sqlite', storage: 'shop.sqlite' });
withAudit(sequelize.define('Product', { name: DataTypes.STRING, apiToken: DataTypes.STRING }));
withAudit(sequelize.define('Order', { total: DataTypes.INTEGER }, { timestamps: false }));
module.exports = sequelize;
`;

/** The shop with so many products, each with its record in the trail. */
async function shopWith(products: number): Promise<string> {
  const cwd = applicationFolder();
  write(cwd, { 'database.js': MODULE });
  const storage = path.join(cwd, 'shop.sqlite');
  const sequelize = new Sequelize({ dialect: 'sqlite', storage, logging: false });
  const trail = configureAudit(sequelize, { dir: path.join(cwd, '.audit') });
  const columns = { name: DataTypes.STRING, apiToken: DataTypes.STRING };
  const Product = withAudit(sequelize.define('Product', columns));
  withAudit(sequelize.define('Order', { total: DataTypes.INTEGER }, { timestamps: false }));
  await sequelize.sync();
  await trail.migrate();
  await Product.bulkCreate(
    Array.from({ length: products }, (_, n) => ({ name: `product ${n}`, apiToken: 'geheim' })),
  );
  const worker = await startAuditWorker({ sequelize, inThread: false });
  await trail.flush({ stored: true });
  await worker.stop();
  await trail.close();
  await sequelize.close();
  return cwd;
}

async function inShop(cwd: string, sql: string): Promise<void> {
  const storage = path.join(cwd, 'shop.sqlite');
  const sequelize = new Sequelize({ dialect: 'sqlite', storage, logging: false });
  await sequelize.query(sql);
  await sequelize.close();
}

describe('audit doctor', () => {
  it('finds nothing wrong where nothing is', async () => {
    const cwd = applicationFolder();
    await onTrail(cwd, () => Promise.resolve());
    const { status, document } = await auditJson<Document>(['doctor', ...SHOP], { cwd });
    expect(status).to.equal(0);
    expect(document.verdict).to.equal('ok');
    expect(document.reconcile).to.equal(null);
    expect(document.checks.map(({ name }) => name)).to.deep.equal([
      ...['database', 'migrations', 'grants', 'directory', 'disk', 'buffer', 'workers'],
      ...['rescue', 'buried', 'unconfirmed', 'damaged'],
    ]);
    for (const check of document.checks) expect(check).to.include({ verdict: 'ok', remedy: null });
  });

  it('says of each thing what to do; warnings leave the status at 0', async () => {
    const cwd = applicationFolder();
    await onTrail(cwd, (database) => new Workers(database).beat(WORKER));
    rescue(cwd, [record()]);
    write(cwd, { '.audit/sqlite-shop/damaged/a-lane.damaged': 'what?' });
    chmodSync(path.join(cwd, '.audit/sqlite-shop'), 0o755);
    const { status, document } = await auditJson<Document>(['doctor', ...SHOP], { cwd });
    expect(status).to.equal(0);
    expect(document.verdict).to.equal('warn');
    const warned = document.checks.filter(({ verdict }) => verdict === 'warn');
    expect(warned.map(({ name }) => name)).to.deep.equal(['directory', 'rescue', 'damaged']);
    for (const { remedy } of warned) expect(remedy).to.be.a('string');
    expect(document.checks).to.deep.include({
      name: 'workers',
      verdict: 'ok',
      detail: 'a-host:7 at work',
      remedy: null,
    });
    const { stdout } = await audit(['doctor', ...SHOP], { cwd });
    expect(stdout)
      .to.match(/directory.*warn.*mode 755/)
      .and.contain('chmod 700');
  });

  it('fails where the database is down or not migrated, or the buffer is away', async () => {
    const cwd = applicationFolder();
    const down = await auditJson<Document>(['doctor', '--url', 'postgres://shop:geheim@127.0.0.1:1/shop'], {
      cwd,
    });
    expect(down.status).to.equal(1);
    expect(down.document.checks[0]).to.include({ name: 'database', verdict: 'fail' });
    expect(down.stdout + down.stderr).to.not.contain('geheim');
    const missing = await audit(['doctor', ...SHOP], { cwd });
    expect(missing.status).to.equal(1);
    expect(missing.stdout)
      .to.match(/migrations.*fail.*pending/)
      .and.contain('Run "audit migrate".');
    const args = ['doctor', ...SHOP, '--redis', 'redis://127.0.0.1:1'];
    const away = await auditJson<Document>(args, { cwd });
    expect(away.status).to.equal(1);
    expect(away.document.checks.find(({ name }) => name === 'buffer')?.verdict).to.equal('fail');
  });

  it('warns of records that have waited for long', async () => {
    const cwd = applicationFolder();
    await onTrail(cwd, () => Promise.resolve());
    const long = '01900000-0000-7000-8000-000000000000';
    rescue(cwd, [{ ...record(400), id: long }]);
    await recordChanges(cwd, 1);
    const { document } = await auditJson<Document>(['doctor', ...SHOP], { cwd });
    const buffer = document.checks.find(({ name }) => name === 'buffer');
    expect(buffer?.verdict).to.equal('warn');
    expect(buffer?.detail).to.match(/1 record wait, the oldest for \d{7,} seconds/);
  });
});

describe('audit doctor looks at workers', () => {
  const workersOf = async (cwd: string): Promise<Document['checks'][number] | undefined> => {
    const { document } = await auditJson<Document>(['doctor', ...SHOP], { cwd });
    return document.checks.find(({ name }) => name === 'workers');
  };

  it('and fails where records wait and none is at work, also where one was killed', async () => {
    const cwd = applicationFolder();
    await onTrail(cwd, () => Promise.resolve());
    await recordChanges(cwd, 1);
    const none = await workersOf(cwd);
    expect(none).to.include({ verdict: 'fail', detail: 'no worker is at work, and records wait' });
    expect(none?.remedy).to.contain('audit work');
    await onTrail(cwd, async (database) => {
      await new Workers(database).beat(WORKER);
      await database.sequelize.query('UPDATE audit_workers SET seen_at = seen_at - 31000');
    });
    const killed = await workersOf(cwd);
    expect(killed?.verdict).to.equal('fail');
    expect(killed?.detail).to.match(/a-host:7 silent since \d{4}-/);
  });

  it('and warns of one that has fallen silent beside others, and of what one complains of', async () => {
    const cwd = applicationFolder();
    await onTrail(cwd, async (database) => {
      const workers = new Workers(database);
      await workers.beat(WORKER);
      await database.sequelize.query('UPDATE audit_workers SET seen_at = seen_at - 31000');
      await workers.beat({ ...WORKER, id: 'b', pid: 8 });
    });
    expect(await workersOf(cwd)).to.include({ verdict: 'warn' });
    await onTrail(cwd, async (database) => {
      const workers = new Workers(database);
      await workers.remove('a');
      await workers.beat({ ...WORKER, id: 'b', pid: 8, lastError: { message: 'it hurts', msAgo: 1_000 } });
    });
    const complaint = await workersOf(cwd);
    expect(complaint).to.include({
      verdict: 'warn',
      detail: 'a-host:8 at work; a-host:8 says: it hurts',
    });
  });
});

describe('audit doctor --reconcile', () => {
  it('confirms that each row matches its last record, and shows on a terminal how far it is', async () => {
    const cwd = await shopWith(1200);
    const { status, document } = await auditJson<Document>(RECONCILE, { cwd });
    expect(status).to.equal(0);
    expect(document.verdict).to.equal('ok');
    expect(document.reconcile?.waiting).to.equal(0);
    expect(document.reconcile?.differences).to.deep.equal([]);
    expect(
      document.reconcile?.models.map(({ model, rows, matching }) => [model, rows, matching]),
    ).to.deep.equal([
      ['Product', 1200, 1200],
      ['Order', 0, 0],
    ]);
    const { stdout } = await startOnTerminal(RECONCILE, { cwd }).result;
    expect(stdout)
      .to.match(/Product .*█.* 1200\/1200/)
      .and.match(/1,200 rows of Product, Order match the trail/);
  });

  it('lists what does not match, up to a limit, exits with 1, and shows no secret', async () => {
    const cwd = await shopWith(40);
    await inShop(cwd, "UPDATE Products SET name = 'changed', apiToken = 'geheimer' WHERE id <= 30");
    await inShop(cwd, 'DELETE FROM Products WHERE id = 31');
    const { status, document, stdout } = await auditJson<Document>(RECONCILE, { cwd });
    expect(status).to.equal(1);
    expect(document.reconcile?.differences).to.have.length(20);
    expect(document.reconcile?.differences[0]).to.deep.include({
      ...{ model: 'Product', key: '1', kind: 'value', attribute: 'name' },
      ...{ row: 'changed', trail: 'product 0' },
    });
    expect(document.reconcile?.models[0]).to.include({ rows: 39, matching: 9, different: 31, gone: 1 });
    expect(stdout).to.not.contain('geheim');
    const table = await audit([...RECONCILE, '--limit', '40'], { cwd });
    expect(table.status).to.equal(1);
    expect(table.stdout).to.match(/name: another value.*"changed".*"product 0"/);
    expect(table.stdout)
      .to.match(/31.*there in the trail, and gone/)
      .and.not.contain('geheim');
    const few = await audit([...RECONCILE, '--limit', '1'], { cwd });
    expect(few.stdout).to.contain('and 30 more');
  });

  it('warns of rows without a record; with --since newer ones must have one', async () => {
    const cwd = await shopWith(1);
    await inShop(
      cwd,
      "INSERT INTO Products VALUES (7, 'raw', NULL, '2026-05-01 00:00:00.000 +00:00', '2026-05-01 00:00:00.000 +00:00')",
    );
    const warned = await auditJson<Document>(RECONCILE, { cwd });
    expect(warned.status).to.equal(0);
    expect(warned.document.verdict).to.equal('warn');
    const since = await auditJson<Document>([...RECONCILE, '--since', '2026-04-01'], { cwd });
    expect(since.status).to.equal(1);
    expect(since.document.reconcile?.differences).to.have.length(1);
    const later = await auditJson<Document>([...RECONCILE, '--since', '2026-06-01'], { cwd });
    expect(later.status).to.equal(0);
  });

  it('tells first how many records are not stored yet', async () => {
    const cwd = await shopWith(1);
    await onTrail(cwd, (database) => new Workers(database).beat(WORKER));
    await recordChanges(cwd, 3);
    const { status, stdout } = await audit(RECONCILE, { cwd });
    expect(status).to.equal(0);
    expect(stdout).to.match(/^3 records are not stored yet/);
  });

  it('names what is missing: models, a model of that name, a date', async () => {
    const cwd = await shopWith(1);
    const none = await audit(['doctor', '--reconcile', ...SHOP], { cwd });
    expect(none.status).to.equal(2);
    expect(none.stderr).to.contain('no audited models').and.contain('--module');
    const unknown = await audit([...RECONCILE, '--model', 'Prodcut'], { cwd });
    expect(unknown.status).to.equal(2);
    expect(unknown.stderr).to.contain('"Prodcut"').and.contain('Product');
    for (const args of [
      [...RECONCILE, '--since', 'yesteday'],
      ['doctor', '--model', 'Product', ...SHOP],
    ])
      expect((await audit(args, { cwd })).status).to.equal(2);
    const one = await auditJson<Document>([...RECONCILE, '--model', 'Order'], { cwd });
    expect(one.document.reconcile?.models.map(({ model }) => model)).to.deep.equal(['Order']);
  });

  it('works where the trail is in another database', async () => {
    const database = await createDatabase('postgres');
    try {
      const cwd = applicationFolder();
      write(cwd, { 'database.js': MODULE });
      const env = { AUDIT_DATABASE_URL: database.url };
      await audit(['migrate', '--module', 'database.js'], { cwd, env });
      await recordChanges(cwd, 5, database.url);
      await inShop(cwd, 'ALTER TABLE Products ADD COLUMN apiToken');
      await inShop(cwd, 'CREATE TABLE Orders (id INTEGER PRIMARY KEY, total INTEGER)');
      await audit(['work', '--drain', '--module', 'database.js'], { cwd, env });
      const { status, document } = await auditJson<Document>(RECONCILE, { cwd, env });
      expect(status).to.equal(0);
      expect(document.reconcile?.models[0]).to.include({ rows: 5, matching: 5 });
    } finally {
      await database.drop();
    }
  });
});
