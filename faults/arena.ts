import { randomUUID } from 'node:crypto';
import path from 'node:path';

import { Sequelize } from 'sequelize';

import { configureAudit } from '../lib';
import type { DriverName } from '../lib/config';
import { directoriesOf } from '../lib/buffer/directories';
import type { Directories } from '../lib/buffer/directories';
import type { PrivateServer } from '../spec/support/servers';
import { createPostgresDatabase } from '../spec/support/servers/database';
import { newFolder } from '../spec/support/servers/run-folder';
import type { ApplicationTask } from './children/application';
import { defineItems } from './children/items';
import { readLedger } from './ledger';
import { judge } from './oracle';
import type { Verdict } from './oracle';
import type { Scenario } from './scenario';
import { abandonClaims } from './support/abandoned-claims';
import { AuditCommand } from './support/audit-command';
import { Application } from './support/application';
import { Proxy } from './support/proxy';
import { Random } from '../spec/support/random/prng';
import type { RedisGroup } from './support/redis-group';

/** The servers of a run of many scenarios. */
export interface Servers {
  readonly database: PrivateServer;
  readonly redis: PrivateServer;
}

/** What is to be played. */
export interface Game {
  readonly scenario: Scenario;
  readonly driver: DriverName;
  readonly seed: number;
  /** Fewer faults, for a look rather than for a proof. */
  readonly isShort?: boolean;
}

/** What came of it. */
export interface Match extends Verdict {
  /** How often each fault was done. */
  readonly faults: ReadonlyMap<string, number>;
  /** From the end of the last fault until all was in the table. */
  readonly drainMs: number;
}

const LANES = 6;
/** After everything is healed, an application makes so many more changes, and they have to arrive as well. */
const FRESH_CHANGES = 60;

/** One run of one scenario: a database of its own, an application, workers, and the ways between them. */
export class Arena {
  readonly random: Random;
  private readonly counts = new Map<string, number>();
  private readonly running = new Set<{ kill(): Promise<void> }>();
  private readonly redisKey = `faults-${randomUUID()}`;
  private lives = 0;
  private group: RedisGroup | undefined;

  private constructor(
    readonly servers: Servers,
    readonly driver: DriverName,
    private readonly scenario: Scenario,
    private readonly seed: number,
    /** Past the proxy. */
    readonly databaseUrl: string,
    private readonly drop: () => Promise<void>,
    readonly databaseProxy: Proxy,
    readonly redisProxy: Proxy,
    private readonly cwd: string,
    private readonly isShort: boolean,
  ) {
    this.random = new Random(seed);
  }

  static async open(servers: Servers, { scenario, driver, seed, isShort = false }: Game): Promise<Arena> {
    const database = await createPostgresDatabase(servers.database.url);
    const arena = new Arena(
      servers,
      driver,
      scenario,
      seed,
      database.url,
      database.drop,
      await Proxy.to(servers.database.url),
      await Proxy.to(servers.redis.url),
      newFolder('faults'),
      isShort,
    );
    await arena.prepare();
    return arena;
  }

  /** Where application and workers keep their files. */
  get directories(): Directories {
    return directoriesOf(
      path.join(this.cwd, '.audit', `postgres-${new URL(this.databaseUrl).pathname.slice(1)}`),
    );
  }

  /** So many times in a long run, a third of that in a short one. */
  times(count: number): number {
    return this.isShort ? Math.ceil(count / 3) : count;
  }

  /** From now on, processes that are started use another Redis, until all is over. */
  useRedis(group: RedisGroup): void {
    this.group = group;
  }

  /** Notes that a fault was done once more. */
  count(fault: string): void {
    this.counts.set(fault, (this.counts.get(fault) ?? 0) + 1);
  }

  /** An application that has begun to work. */
  async startApplication(task: Partial<ApplicationTask> = {}): Promise<Application> {
    const life = `life${++this.lives}`;
    const application = new Application(
      {
        life,
        databaseUrl: this.databaseProxy.url(this.databaseUrl),
        ledger: this.ledger,
        lanes: LANES,
        seed: this.seed + this.lives,
        durability: this.scenario.durability ?? 'journal',
        changes: 0,
        ...task,
      },
      this.cwd,
      this.environment,
    );
    this.running.add(application);
    await application.makes(1);
    return application;
  }

  /** A worker that takes records, or waits for its database. */
  async startWorker(env: NodeJS.ProcessEnv = {}): Promise<AuditCommand> {
    const worker = new AuditCommand(this.cwd, { ...this.environment, ...env }, ['work']);
    this.running.add(worker);
    await worker.says(/takes records|cannot be reached/);
    return worker;
  }

  /** What workers that are gone held in Redis is free at once, instead of in a minute. */
  async abandonClaims(): Promise<void> {
    if (this.driver !== 'redis') return;
    for (const url of this.group?.nodes ?? [this.servers.redis.url]) await abandonClaims(url, this.redisKey);
  }

  /** A way to the database that nobody else goes; whoever asked for it closes it. */
  async wayToDatabase(): Promise<{ readonly url: string; readonly proxy: Proxy }> {
    const proxy = await Proxy.to(this.servers.database.url);
    return { url: proxy.url(this.databaseUrl), proxy };
  }

  /** Heals everything, lets an application make some more changes, stores all there is, and compares. */
  async finish(): Promise<Match> {
    this.databaseProxy.treat('pass');
    this.redisProxy.treat('pass');
    await this.servers.redis.start();
    await this.servers.database.start();
    const healedAt = performance.now();
    await this.endAll();
    const last = await this.startApplication({ changes: FRESH_CHANGES });
    await last.end();
    await this.drain();
    const drainMs = performance.now() - healedAt;
    const application = new Sequelize(this.databaseUrl, { logging: false });
    try {
      const trail = configureAudit(application, { driver: 'sync', logLevel: 'silent' });
      const verdict = await judge(await readLedger(this.ledger), application, trail);
      await trail.close();
      return { ...verdict, faults: this.counts, drainMs };
    } finally {
      await application.close();
    }
  }

  async close(): Promise<void> {
    await Promise.all([...this.running].map((child) => child.kill()));
    this.databaseProxy.close();
    this.redisProxy.close();
    await this.group?.dispose();
    await this.servers.database.start();
    await this.drop();
  }

  private async prepare(): Promise<void> {
    const sequelize = new Sequelize(this.databaseUrl, { logging: false });
    const trail = configureAudit(sequelize, { driver: 'sync' });
    defineItems(sequelize);
    await sequelize.sync();
    await trail.migrate();
    await trail.close();
    await sequelize.close();
  }

  private get ledger(): string {
    return path.join(this.cwd, 'ledger');
  }

  private get environment(): NodeJS.ProcessEnv {
    return {
      ...process.env,
      DATABASE_URL: this.databaseProxy.url(this.databaseUrl),
      AUDIT_DRIVER: this.driver,
      AUDIT_DIR: path.join(this.cwd, '.audit'),
      AUDIT_REDIS_URL: this.group?.url ?? this.redisProxy.url(),
      AUDIT_REDIS_KEY: this.redisKey,
      // Small batches: more moments between two steps for a fault to fall into.
      AUDIT_BATCH_SIZE: '100',
      AUDIT_FLUSH_INTERVAL: '0.02',
      AUDIT_RESCUE_AFTER: '1',
      ...this.scenario.env,
    };
  }

  /** Applications end as they would at a deployment; workers are simply gone. */
  private async endAll(): Promise<void> {
    for (const child of this.running) {
      if (child instanceof Application && child.isRunning) await child.stop();
      else await child.kill();
    }
    this.running.clear();
  }

  private async audit(...args: string[]): Promise<void> {
    const command = new AuditCommand(this.cwd, this.environment, args);
    this.running.add(command);
    await command.end();
  }

  private async drain(): Promise<void> {
    if (this.driver === 'sync') return;
    await this.abandonClaims();
    await this.audit('work', '--drain');
    // What the table has refused for a while only.
    await this.audit('recover', '--buried', '--retry');
  }
}

/** Runs a scenario once, and compares. What it has started is gone afterwards, servers apart. */
export async function play(servers: Servers, game: Game): Promise<Match> {
  const { scenario, driver, seed } = game;
  const arena = await Arena.open(servers, game);
  try {
    await arena.startApplication();
    await scenario.run(arena);
    return await arena.finish();
  } catch (error) {
    const what = `Scenario "${scenario.name}", driver ${driver}, seed ${seed}, could not be run.`;
    throw new Error(what, { cause: error });
  } finally {
    await arena.close();
  }
}
