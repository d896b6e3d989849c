import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';

import { expect } from 'chai';
import { DataTypes, Sequelize } from 'sequelize';
import type { Model, ModelStatic } from 'sequelize';

import { configureAudit, startAuditWorker } from '../../lib';
import type { Audit, AuditTrail } from '../../lib';
import { directoriesOf } from '../../lib/buffer/directories';
import { audit } from '../cli/command';
import { Proxy } from '../support/proxy';
import { createDatabase, servers, temporaryFolder } from '../support/servers';
import { until } from '../support/until';
import type { DatabaseName } from '../support/world';

const SHOP = path.join(__dirname, 'children/strict-shop.js');
/** Of an application that is killed at any moment. */
const LIVES = 4;

/** Both drivers begin with the journal; what is done before COMMIT is the same. */
const SERVERS = [
  ['postgres', 'embedded'],
  ['postgres', 'redis'],
  ['mysql', 'embedded'],
  ['mariadb', 'embedded'],
] as const;

/** What an application with a strict model leaves when it is killed at its COMMIT, and what becomes of it. */
describe('an application with a strict model, killed at its commit', function () {
  this.timeout(60_000);

  let shop: Shop;
  afterEach(() => shop.close());

  for (const [database, driver] of [...SERVERS, ['sqlite', 'embedded'] as const]) {
    it(`${database}, ${driver}: committed, but not in the journal yet: there is a record`, async () => {
      shop = await Shop.open(database, driver);
      // The journal takes nothing, as on a full disk: the record is in memory, and goes with the process.
      shop.blockJournal();
      const child = shop.spawn('tea');
      await shop.reported('tea');
      await kill(child);
      shop.unblockJournal();
      expect(await shop.records()).to.deep.equal(['created tea']);
      expect(shop.left()).to.deep.equal([]);
    });
  }

  for (const [database, driver] of SERVERS) {
    it(`${database}, ${driver}: before the server had the COMMIT: there is none`, async () => {
      shop = await Shop.open(database, driver);
      const proxy = await shop.proxy();
      const said = proxy.catches('COMMIT', 'hold back the request');
      const child = shop.spawn('tea', { url: proxy.url() });
      await said;
      expect(shop.left()).to.have.length(1);
      await kill(child);
      // The server still has the connection, and the transaction: nobody can tell how it will end.
      expect(await shop.records()).to.deep.equal([]);
      expect(shop.left()).to.have.length(1);
      proxy.reset();
      await until(async () => (await shop.records()).length === 0 && shop.left().length === 0, {
        what: 'the end of the transaction',
      });
      expect(await shop.Product.count()).to.equal(0);
      expect(shop.unconfirmed()).to.deep.equal([]);
    });

    it(`${database}, ${driver}: before COMMIT was answered: there is a record`, async () => {
      shop = await Shop.open(database, driver);
      const proxy = await shop.proxy();
      const said = proxy.catches('COMMIT', 'withhold the answer');
      const child = shop.spawn('tea', { url: proxy.url() });
      await said;
      await until(async () => (await shop.Product.count()) === 1, { what: 'the row' });
      await kill(child);
      expect(await shop.records()).to.deep.equal(['created tea']);
      expect(shop.left()).to.deep.equal([]);
      expect(shop.unconfirmed()).to.deep.equal([]);
    });
  }

  it('sqlite: while COMMIT waits for a reader: there is none', async () => {
    shop = await Shop.open('sqlite', 'embedded');
    const reading = await shop.sequelize.transaction();
    await shop.Product.findAll({ transaction: reading });
    const child = shop.spawn('tea');
    await until(() => shop.left().length === 1, { what: 'what is prepared', intervalMs: 1 });
    await kill(child);
    await reading.commit();
    expect(await shop.records()).to.deep.equal([]);
    expect(await shop.Product.count()).to.equal(0);
    expect(shop.left()).to.deep.equal([]);
  });

  for (const database of ['postgres', 'mysql', 'sqlite'] as const) {
    it(`${database}: at any moment: each row has one record, reported or not`, async () => {
      shop = await Shop.open(database, 'embedded');
      for (let life = 0; life < LIVES; life++) {
        const child = shop.spawn(`life ${life}`, { count: 100_000 });
        await shop.reported(`life ${life}`, 1 + Math.floor(Math.random() * 40));
        await kill(child);
      }
      const records = await shop.records();
      const rows = await shop.Product.findAll();
      expect([...records].sort()).to.deep.equal(
        rows.map((row) => `created ${row.get('key') as string}`).sort(),
      );
      expect(records.length).to.be.at.least(LIVES);
      expect(shop.unconfirmed()).to.deep.equal([]);
      expect(shop.left()).to.deep.equal([]);
    });
  }

  for (const database of ['postgres', 'sqlite'] as const) {
    it(`${database}: a worker in a thread settles it by itself`, async () => {
      shop = await Shop.open(database, 'embedded');
      shop.blockJournal();
      const child = shop.spawn('tea');
      await shop.reported('tea');
      await kill(child);
      shop.unblockJournal();
      const worker = await startAuditWorker({ sequelize: shop.trail.sequelize });
      await until(async () => (await shop.trail.Audit.count()) === 1, { what: 'the record' });
      await worker.stop();
    });
  }

  it('"audit work --drain" settles it', async () => {
    shop = await Shop.open('mysql', 'embedded');
    shop.blockJournal();
    const child = shop.spawn('tea');
    await shop.reported('tea');
    await kill(child);
    shop.unblockJournal();
    const drained = await audit(['work', '--drain'], { cwd: shop.cwd, env: shop.env });
    expect(drained.status, drained.stderr).to.equal(0);
    expect(await shop.trail.Audit.count()).to.equal(1);
    const [rows] = await shop.sequelize.query('SELECT * FROM audit_commits');
    expect(rows).to.deep.equal([]);
  });

  it('the next life of the application settles it by itself', async () => {
    shop = await Shop.open('postgres', 'embedded');
    shop.blockJournal();
    const child = shop.spawn('tea');
    await shop.reported('tea');
    await kill(child);
    shop.unblockJournal();
    const next = shop.spawn('coffee');
    await shop.reported('coffee');
    await until(() => shop.left().length === 1, { what: 'the settlement' });
    await kill(next);
    expect(await shop.records()).to.have.members(['created tea', 'created coffee']);
  });
});

/** A database with the application's table and the trail's, and the processes on it. */
class Shop {
  private readonly children = new Set<ChildProcess>();
  private readonly said: string[] = [];
  private opened: Proxy | undefined;

  private constructor(
    private readonly url: string,
    readonly sequelize: Sequelize,
    readonly Product: ModelStatic<Model>,
    readonly trail: AuditTrail,
    readonly env: { DATABASE_URL: string; AUDIT_DIR: string; AUDIT_DRIVER: string },
    readonly cwd: string,
    private readonly drop: () => Promise<void>,
  ) {}

  static async open(name: DatabaseName, driver: 'embedded' | 'redis'): Promise<Shop> {
    const cwd = temporaryFolder();
    const created =
      name === 'sqlite' ? undefined : await createDatabase(name === 'postgres' ? 'postgres' : 'mariadb');
    const url = created
      ? created.url.replace(/^\w+:/, `${name}:`)
      : `sqlite:${path.join(cwd, 'shop.sqlite')}`;
    const env = {
      DATABASE_URL: url, AUDIT_DIR: path.join(cwd, '.audit'), AUDIT_DRIVER: driver,
      AUDIT_REDIS_URL: servers().redis, AUDIT_REDIS_KEY: `spec-${randomUUID()}`,
    }; // prettier-ignore
    const sequelize = new Sequelize(url, { logging: false });
    const Product = sequelize.define(
      'Product',
      { key: { type: DataTypes.STRING, primaryKey: true } },
      { timestamps: false },
    );
    await sequelize.sync();
    const reader = new Sequelize(url, { logging: false });
    const { AUDIT_DIR: dir, AUDIT_REDIS_URL: redis, AUDIT_REDIS_KEY: redisKey } = env;
    const trail = configureAudit(reader, { driver, dir, redis, redisKey, logLevel: 'silent' });
    await trail.migrate();
    const drop = async (): Promise<void> => {
      await trail.close();
      await reader.close();
      await sequelize.close();
      await created?.drop();
    };
    return new Shop(url, sequelize, Product, trail, env, cwd, drop);
  }

  spawn(key: string, { url = this.url, count = 1 } = {}): ChildProcess {
    const child = spawn(process.execPath, [SHOP, key, String(count)], {
      cwd: this.cwd, env: { ...process.env, AUDIT_LOG_LEVEL: 'silent', ...this.env, DATABASE_URL: url }, stdio: ['ignore', 'pipe', 'inherit'],
    }); // prettier-ignore
    this.children.add(child);
    createInterface({ input: child.stdout }).on('line', (line) => this.said.push(line));
    return child;
  }

  reported(key: string, count = 1): Promise<unknown> {
    return until(() => this.said.filter((said) => said === key).length >= count, {
      what: `the commit of ${key}`,
      intervalMs: 1,
    });
  }

  async proxy(): Promise<Proxy> {
    return (this.opened ??= await Proxy.to(this.url));
  }

  blockJournal(): void {
    const { journal } = this.directories();
    fs.mkdirSync(path.dirname(journal), { recursive: true });
    fs.writeFileSync(journal, 'no directory');
  }

  unblockJournal(): void {
    fs.rmSync(this.directories().journal);
  }

  /** Prepared lanes. */
  left(): string[] {
    return namesIn(this.directories().prepared).filter((name) => !name.includes('.'));
  }

  unconfirmed(): string[] {
    return namesIn(this.directories().unconfirmed);
  }

  /** What the trail has when a worker has done all that there is to do. */
  async records(): Promise<string[]> {
    const worker = await startAuditWorker({ sequelize: this.trail.sequelize, inThread: false });
    await worker.drain();
    await worker.stop();
    const all: Audit[] = await this.trail.Audit.findAll({ order: [['id', 'ASC']] });
    return all.map(({ event, auditableId }) => `${event} ${auditableId}`);
  }

  async close(): Promise<void> {
    await Promise.all([...this.children].map(kill));
    this.opened?.close();
    await this.drop();
  }

  private directories(): ReturnType<typeof directoriesOf> {
    return directoriesOf(this.trail.settings.dir);
  }
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const closed = once(child, 'close');
  child.kill('SIGKILL');
  await closed;
}

function namesIn(directory: string): string[] {
  return fs.existsSync(directory) ? fs.readdirSync(directory) : [];
}
