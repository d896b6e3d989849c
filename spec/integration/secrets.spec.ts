import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { inspect } from 'node:util';

import { expect } from 'chai';
import { Redis } from 'ioredis';
import { DataTypes, Sequelize } from 'sequelize';

import { configureAudit, startAuditWorker, withAudit } from '../../lib';
import type { AuditOptions, AuditWorkerHandle } from '../../lib';
import { connect, whenReady } from '../../lib/buffer/redis/connection';
import { resolveSettings } from '../../lib/config';
import { audit } from '../cli/command';
import { applicationFolder } from '../cli/shop';
import { servers, startRedis, temporaryFolder } from '../support/servers';
import type { PrivateServer } from '../support/servers';
import { until } from '../support/until';
import { MemoryLogger } from '../support/world';

/** Part of each password here, and of nothing else: in whatever form it comes out, it is found. */
const MARK = /s3cr3t/i;
const PASSWORD = 'S3cr3t%40w0rd%25x';
/** Passwords that nobody has encoded. A number sign, slash or question mark ends the host; %zz is no character. */
const RAW = ['S3cr3t#x', 'S3cr3t/x', 'S3cr3t?x'];
const COMMANDS = [
  ['migrate'],
  ['work', '--drain'],
  ['status'],
  ['recover'],
  ['recover', '--buried'],
  ['recover', '--unconfirmed'],
  ['prune', '--dry-run'],
  ['doctor'],
];

/** All that anybody can see of what was thrown: message, stack, causes, properties. */
async function failureOf(work: () => unknown): Promise<string> {
  try {
    await work();
    return '';
  } catch (error) {
    return `${String(error)}\n${inspect(error, { depth: 20, showHidden: true })}`;
  }
}

/** Names and contents of all files below a folder. */
function filesBelow(folder: string): string {
  const files = readdirSync(folder, { withFileTypes: true, recursive: true });
  return files
    .map((file) => {
      const name = path.join(file.parentPath, file.name);
      return file.isFile() ? `${name} ${readFileSync(name, 'latin1')}` : name;
    })
    .join('\n');
}

/** A trail with these options is made, written to and worked on for a moment; all that it puts out. */
async function lifeOf(options: AuditOptions, inThread: boolean): Promise<string> {
  const folder = temporaryFolder();
  const logger = new MemoryLogger();
  const seen: string[] = [];
  const failure = async (work: () => unknown): Promise<void> => void seen.push(await failureOf(work));
  const sequelize = new Sequelize({
    dialect: 'sqlite',
    storage: path.join(folder, 'shop.sqlite'),
    logging: false,
  });
  const trail = configureAudit(sequelize, { dir: path.join(folder, 'audit'), logger, ...options });
  const Product = withAudit(sequelize.define('Product', { name: DataTypes.STRING }));
  await sequelize.sync();
  await failure(() => trail.migrate());
  await Product.create({ name: 'tea' });
  let worker: AuditWorkerHandle | undefined;
  await failure(async () => (worker = await startAuditWorker({ sequelize, inThread })));
  // What cannot be reached is told either by the start or by the log.
  await until(() => seen.join('').length > 0 || logger.lines.some((line) => /^(warn|error)/.test(line)), {
    what: 'a complaint',
  });
  await failure(() => trail.flush({ stored: true, timeoutMs: 100 }));
  seen.push(
    inspect(trail.counters()),
    inspect(await worker?.stats()),
    `${process.title} ${process.argv.join(' ')}`,
  );
  await worker?.stop({ graceMs: 100 });
  await trail.close();
  await sequelize.close();
  const said = [...seen, ...logger.lines].join('\n');
  expect(said).to.match(/Audit|warn|error/);
  return `${said}\n${filesBelow(folder)}`;
}

describe('Passwords of Redis and databases', () => {
  let locked: PrivateServer;
  let port: string;

  before(async () => {
    locked = await startRedis();
    port = new URL(locked.url).port;
    const client = new Redis(locked.url);
    await client.config('SET', 'requirepass', 'another S3cr3t');
    client.disconnect();
  });

  after(() => locked.dispose());

  const redisUrls = (): string[] => [
    `redis://:${PASSWORD}@127.0.0.1:${port}`,
    `redis://shop:${PASSWORD}@127.0.0.1:${port}/1`,
    `redis://shop:${PASSWORD}@127.0.0.1:1`,
    `redis://shop:${PASSWORD}@nowhere.invalid:${port}`,
    `rediss://shop:${PASSWORD}@127.0.0.1:${port}`,
    `redis://127.0.0.1:${port}?password=S3cr3t`,
    `redis+sentinel://shop:${PASSWORD}@127.0.0.1:${port},127.0.0.1:1/master/0`,
    `rediss+sentinel://shop:${PASSWORD}@127.0.0.1:${port}/master`,
    `redis+cluster://shop:${PASSWORD}@127.0.0.1:${port}`,
    `rediss+cluster://:${PASSWORD}@127.0.0.1:${port}`,
  ];

  const databaseUrls = (): string[] =>
    [servers().postgres, servers().mariadb, servers().mariadb.replace('mariadb:', 'mysql:')].flatMap(
      (url) => {
        const { protocol, username, hostname, port: its, pathname } = new URL(url);
        return [
          `${protocol}//${username}:${PASSWORD}@${hostname}:${its}${pathname}`,
          `${protocol}//${username}:${PASSWORD}@${hostname}:1${pathname}`,
          `${protocol}//${username}:S3cr3t pass@${hostname}:1${pathname}`,
          `${protocol}//${username}:${PASSWORD}@nowhere.invalid:${its}${pathname}`,
          `${protocol}//${hostname}:1${pathname}?user=${username}&password=S3cr3t`,
        ];
      },
    );

  const unreadable = (scheme: string, behind: string): string[] => [
    ...RAW.map((password) => `${scheme}://shop:${password}@127.0.0.1:${port}${behind}`),
    ...['abc', '99999'].map((bad) => `${scheme}://shop:${PASSWORD}@127.0.0.1:${bad}${behind}`),
  ];

  it('are not in the error for a URL that cannot be read, which says what to do', async () => {
    const redis = [
      ...unreadable('redis', '/0'),
      ...unreadable('rediss', ''),
      ...unreadable('redis+sentinel', '/master'),
      ...unreadable('redis+cluster', ''),
      `redis://shop:S3cr3t%zz@127.0.0.1:${port}`,
      `redis://shop:${PASSWORD}@127.0.0.1:${port}/zero`,
      `redis+sentinel://shop:S3cr3t%zz@127.0.0.1:${port}/master`,
      `redis+sentinel://shop:x@S3cr3t@127.0.0.1:${port}/master`,
      `redis+sentinel://shop:${PASSWORD}@127.0.0.1:${port}/master?sentinelPassword=S3cr3t`,
      `redis+sentinel://shop:${PASSWORD}@127.0.0.1:${port}`,
      `redis+cluster://127.0.0.1:${port}/?password=S3cr3t`,
      `unix://shop:${PASSWORD}@/run/redis.sock`,
      `rediz://shop:${PASSWORD}@127.0.0.1:${port}`,
      `shop:${PASSWORD}@127.0.0.1:${port}`,
    ];
    const databases = [
      ...['postgres', 'postgresql', 'mysql', 'mariadb'].flatMap((scheme) => unreadable(scheme, '/shop')),
      `oracle://shop:${PASSWORD}@127.0.0.1/shop`,
    ];
    const given: [AuditOptions, NodeJS.ProcessEnv][] = [
      ...redis.flatMap((url): [AuditOptions, NodeJS.ProcessEnv][] => [
        [{ driver: 'redis', redis: url }, {}],
        [{}, { AUDIT_DRIVER: 'redis', AUDIT_REDIS_URL: url }],
      ]),
      ...databases.flatMap((url): [AuditOptions, NodeJS.ProcessEnv][] => [
        [{ databaseUrl: url }, {}],
        [{}, { AUDIT_DATABASE_URL: url }],
      ]),
    ];
    for (const [options, environment] of given) {
      const failure = await failureOf(() => resolveSettings(options, environment));
      const which = JSON.stringify({ options, environment });
      expect(failure, which)
        .to.match(/AUDIT_OPTION/)
        .and.match(/redis|databaseUrl|AUDIT_REDIS_URL|AUDIT_DATABASE_URL/);
      expect(failure, which).not.to.match(MARK);
    }
  });

  it('are not taken from URLs that can be read', () => {
    const database = [
      'postgres://shop:pw@/shop?host=/run/postgresql',
      'postgres:///shop',
      'mysql://a:b%40c@[::1]:1/d',
    ];
    for (const databaseUrl of [
      ...database,
      'sqlite:shop.sqlite',
      'sqlite:///tmp/a@b#c.sqlite',
      ...databaseUrls(),
    ])
      expect(resolveSettings({ databaseUrl }, {}).databaseUrl).to.equal(databaseUrl);
    for (const redis of [
      ...redisUrls(),
      'unix:///run/redis.sock',
      'redis://localhost',
      'redis+cluster://a:1,[::1]:2',
    ])
      expect(resolveSettings({ redis }, {}).redis).to.equal(redis);
  });

  it('are not in what an application sees of a Redis that refuses, is away or speaks otherwise', async function () {
    this.timeout(120_000);
    const clients = [
      new Redis({ port: Number(port), password: 'S3cr3t', lazyConnect: true }),
      new Redis({
        ...{ port: Number(port), password: 'S3cr3t', lazyConnect: true },
        tls: { key: 'S3cr3t key', cert: 'S3cr3t certificate', passphrase: 'S3cr3t phrase' },
      }),
      new Redis({
        ...{ sentinels: [{ host: '127.0.0.1', port: Number(port) }], name: 'master', lazyConnect: true },
        ...{ sentinelPassword: 'S3cr3t', password: 'S3cr3t' },
      }),
    ];
    const lives = [...redisUrls(), ...clients].map(async (redis) => {
      const said = await lifeOf(
        { driver: 'redis', redis },
        typeof redis === 'string' && redis.endsWith('/1'),
      );
      expect(said, inspect(redis, { depth: 0 })).not.to.match(MARK);
    });
    await Promise.all(lives);
  });

  it('are not on the error of a Redis that refuses them', async () => {
    for (const redis of [
      `redis://:${PASSWORD}@127.0.0.1:${port}`,
      `redis://shop:${PASSWORD}@127.0.0.1:${port}`,
    ]) {
      const connection = connect(resolveSettings({ redis, logger: new MemoryLogger() }, {}), 'a spec');
      const failure = await failureOf(() => whenReady(connection, 300));
      connection.disconnect();
      expect(failure).to.match(/WRONGPASS/);
      expect(failure).not.to.match(MARK);
    }
  });

  it('are not in what an application sees of a database that refuses or is away', async function () {
    this.timeout(120_000);
    for (const [n, databaseUrl] of databaseUrls().entries()) {
      const said = await lifeOf({ databaseUrl }, n % 5 === 0);
      expect(said, databaseUrl).not.to.match(MARK);
    }
  });

  it('are not in descriptions and names of a database whose URL Sequelize has misread', async () => {
    for (const password of RAW) {
      const sequelize = new Sequelize(`mysql://root:${password}@127.0.0.1:1/shop`, { logging: false });
      const trail = configureAudit(sequelize, { dir: temporaryFolder(), logger: new MemoryLogger() });
      expect(`${trail.database.describe()} ${trail.settings.dir} ${trail.settings.redisKey}`).not.to.match(
        MARK,
      );
      expect(await failureOf(() => trail.migrate()))
        .to.match(/AUDIT_MIGRATION/)
        .and.not.match(MARK);
      await trail.close();
      await sequelize.close();
    }
  });

  it('are in nothing that the command line prints or writes, at any level', async function () {
    this.timeout(240_000);
    const { postgres } = servers();
    const [user, place] = [new URL(postgres).username, new URL(postgres).host];
    const databases = [
      `postgres://${user}:${PASSWORD}@${place}/postgres`,
      `mysql://${user}:S3cr3t/x@127.0.0.1:1/shop`,
      `mariadb://${user}:${PASSWORD}@127.0.0.1:abc/shop`,
    ];
    const redis = [
      `redis://:${PASSWORD}@127.0.0.1:${port}`,
      `redis+sentinel://shop:S3cr3t/x@127.0.0.1:${port}/master`,
    ];
    const runs: { command: string[]; env: NodeJS.ProcessEnv }[] = COMMANDS.flatMap((command, n) => [
      { command, env: { DATABASE_URL: databases[0] as string } },
      { command, env: { [n % 2 ? 'DATABASE_URL' : 'AUDIT_DATABASE_URL']: databases[1 + (n % 2)] as string } },
    ]);
    for (const [n, url] of redis.entries())
      for (const command of [['status'], ['doctor']].slice(n))
        runs.push({ command, env: { DATABASE_URL: postgres, AUDIT_DRIVER: 'redis', AUDIT_REDIS_URL: url } });
    for (const [n, { command, env }] of runs.entries()) {
      const cwd = applicationFolder();
      const all = { ...env, AUDIT_LOG_LEVEL: 'debug', AUDIT_DIR: path.join(cwd, 'audit') };
      const { stdout, stderr } = await audit([...command, ...(n % 3 === 0 ? ['--json'] : [])], {
        cwd,
        env: all,
      });
      const what = `${command.join(' ')} ${JSON.stringify(env)}`;
      expect(stdout + stderr, what).not.to.equal('');
      expect(stdout + stderr, what).not.to.match(MARK);
    }
  });

  it('are not written to a file by audit init', async () => {
    for (const password of [...RAW, PASSWORD, 'S3cr3t pass', 'S3/cr3t S3cr3t']) {
      const cwd = applicationFolder();
      const url = `postgres://shop:${password}@127.0.0.1:1/shop`;
      const { status, stdout, stderr } = await audit(['init', '--url', url], { cwd });
      expect(status).to.equal(0);
      expect(stdout + stderr + readFileSync(path.join(cwd, 'audit.config.cjs'), 'utf8')).not.to.match(MARK);
    }
  });
});
