import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { Sequelize } from 'sequelize';

import { configureAudit } from '../lib';
import type { DriverName } from '../lib/options';
import { Proxy } from '../spec/support/proxy';
import { Random } from '../spec/support/random/prng';
import { newFolder } from '../spec/support/servers/run-folder';
import type { ApplicationTask } from './children/application';
import { defineItems } from './children/items';
import type { FaultyDatabase, ServedDatabase } from './databases/contract';
import { openDatabase } from './databases/open';
import type { Game, Servers } from './game';
import type { Scenario } from './scenario';
import { abandonClaims } from './support/abandoned-claims';
import { Application } from './support/application';
import { AuditCommand } from './support/audit-command';
import type { RedisGroup } from './support/redis-group';
import { SmallDisk } from './support/small-disk';

const LANES = 6;
/** After everything is healed, an application makes so many more changes, and they have to arrive as well. */
const FRESH_CHANGES = 60;
const AUDIT_DIR = '.audit';

/** One run of one scenario: a database of its own, an application, workers, and the ways between them. */
export class Arena {
  readonly random: Random;
  /** How often each fault was done. */
  readonly faults = new Map<string, number>();
  private readonly scenario: Scenario;
  private readonly running = new Set<{ kill(): Promise<void> }>();
  private readonly redisKey = `faults-${randomUUID()}`;
  private lives = 0;
  private group: RedisGroup | undefined;

  private constructor(
    readonly servers: Servers,
    private readonly game: Game,
    readonly database: FaultyDatabase | ServedDatabase,
    private readonly databaseProxy: Proxy | undefined,
    readonly redisProxy: Proxy,
    private readonly cwd: string,
    private readonly smallDisk: SmallDisk | undefined,
  ) {
    this.scenario = game.scenario;
    this.random = new Random(game.seed);
  }

  static async open(servers: Servers, game: Game): Promise<Arena> {
    const database = await openDatabase(game, servers);
    const cwd = newFolder('faults');
    const { diskSize } = game.scenario;
    const arena = new Arena(
      servers,
      game,
      database,
      'server' in database ? await Proxy.to(database.server.url) : undefined,
      await Proxy.to(servers.redis.url),
      cwd,
      diskSize === undefined ? undefined : SmallDisk.mount(path.join(cwd, AUDIT_DIR), diskSize),
    );
    await arena.prepare();
    return arena;
  }

  get driver(): DriverName {
    return this.game.driver;
  }

  /** A database of which server and connections can be cut off. */
  get served(): ServedDatabase {
    if (!('server' in this.database)) throw new Error('SQLite has neither server nor connections.');
    return this.database;
  }

  get wayToDatabase(): Proxy {
    if (!this.databaseProxy) throw new Error('There is no way to SQLite on which anything could happen.');
    return this.databaseProxy;
  }

  get disk(): SmallDisk {
    if (!this.smallDisk) throw new Error('The scenario has asked for no small disk.');
    return this.smallDisk;
  }

  /** Where application and workers keep their files. */
  get auditDirectory(): string {
    return path.join(this.cwd, AUDIT_DIR);
  }

  get ledger(): string {
    return path.join(this.cwd, 'ledger');
  }

  /**
   * Waits for some milliseconds, between the two given, does the fault, and counts it, unless it answers that it
   * could not be done; so many times in a long run, a third of that in a short one.
   */
  async repeat(
    fault: string,
    times: number,
    [least, most]: readonly [number, number],
    work: (round: number) => unknown,
  ): Promise<void> {
    const rounds = this.game.isShort ? Math.ceil(times / 3) : times;
    for (let round = 0; round < rounds; round++) {
      await this.pause(least, most);
      if ((await work(round)) !== false) this.count(fault);
    }
  }

  /** For some milliseconds between the two. */
  async pause(least: number, most: number): Promise<void> {
    await delay(this.random.between(least, most));
  }

  /** Notes that a fault was done once more. */
  count(fault: string): void {
    this.faults.set(fault, (this.faults.get(fault) ?? 0) + 1);
  }

  /** From now on, processes that are started use another Redis, until all is over. */
  useRedis(group: RedisGroup): void {
    this.group = group;
  }

  /** An application that has begun to work. */
  async startApplication(task: Partial<ApplicationTask> = {}): Promise<Application> {
    const application = new Application(
      {
        life: `life${++this.lives}`,
        databaseUrl: this.environment.DATABASE_URL,
        ledger: this.ledger,
        lanes: LANES,
        seed: this.game.seed + this.lives,
        durability: this.scenario.durability ?? 'journal',
        context: this.scenario.context,
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
    const worker = this.audit(['work'], env);
    await worker.says(/takes records|cannot be reached/);
    return worker;
  }

  /** The same, unless the driver has no need of one. */
  async startWorkerIfAny(): Promise<void> {
    if (this.driver !== 'sync') await this.startWorker();
  }

  /** Any of the commands. */
  audit(args: readonly string[], env: NodeJS.ProcessEnv = {}): AuditCommand {
    const command = new AuditCommand(this.cwd, { ...this.environment, ...env }, args);
    this.running.add(command);
    return command;
  }

  /** What workers that are gone held in Redis is free at once, instead of in a minute. */
  async abandonClaims(): Promise<void> {
    if (this.driver !== 'redis') return;
    for (const url of this.group?.nodes ?? [this.servers.redis.url]) await abandonClaims(url, this.redisKey);
  }

  /** A way to the database that nobody else goes; whoever asked for it closes it. */
  async ownWayToDatabase(): Promise<{ readonly url: string; readonly proxy: Proxy }> {
    const proxy = await Proxy.to(this.served.server.url);
    return { url: proxy.url(this.database.url), proxy };
  }

  /** All is well again, and an application makes some more changes. Resolves when all there is has been stored. */
  async heal(): Promise<void> {
    this.databaseProxy?.treat('pass');
    this.redisProxy.treat('pass');
    this.smallDisk?.giveRoom();
    await this.servers.redis.start();
    if ('server' in this.database) await this.database.server.start();
    await this.endAll();
    await (await this.startApplication({ changes: FRESH_CHANGES })).end();
    if (this.driver === 'sync') return;
    await this.abandonClaims();
    await this.audit(['work', '--drain']).end();
    // What the table has refused for a while only.
    await this.audit(['recover', '--buried', '--retry']).end();
  }

  async close(): Promise<void> {
    await Promise.all([...this.running].map((child) => child.kill()));
    this.databaseProxy?.close();
    this.redisProxy.close();
    await this.group?.dispose();
    this.smallDisk?.unmount();
    if ('server' in this.database) await this.database.server.start();
    await this.database.drop();
  }

  private async prepare(): Promise<void> {
    const sequelize = new Sequelize(this.database.url, { logging: false });
    const trail = configureAudit(sequelize, {
      driver: this.driver === 'sync' ? 'sync' : 'embedded',
      dir: this.auditDirectory,
    });
    defineItems(sequelize);
    await sequelize.sync();
    await trail.migrate();
    await trail.close();
    await sequelize.close();
  }

  private get environment(): NodeJS.ProcessEnv & { DATABASE_URL: string } {
    const { url } = this.database;
    return {
      ...process.env,
      DATABASE_URL: this.databaseProxy?.url(url) ?? url,
      AUDIT_DRIVER: this.driver,
      AUDIT_DIR: this.auditDirectory,
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
}
