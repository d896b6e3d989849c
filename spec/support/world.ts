import { randomUUID } from 'node:crypto';
import path from 'node:path';

import { Sequelize } from 'sequelize';
import type { Options } from 'sequelize';

import { configureAudit, startAuditWorker } from '../../lib';
import type { Audit, AuditOptions, AuditTrail, AuditWorkerHandle, Logger } from '../../lib';
import { createDatabase, servers, temporaryFolder } from './servers';

/** The databases that every integration spec runs over, each with the driver package named. */
export const DATABASES = ['postgres', 'mysql', 'mariadb', 'sqlite'] as const;
export type DatabaseName = (typeof DATABASES)[number];

/** A logger that remembers, so that a spec can look at what was said. */
export class MemoryLogger implements Logger {
  readonly lines: string[] = [];
  error = (message: string): void => void this.lines.push(`error ${message}`);
  warn = (message: string): void => void this.lines.push(`warn ${message}`);
  info = (message: string): void => void this.lines.push(`info ${message}`);
  debug = (message: string): void => void this.lines.push(`debug ${message}`);
}

/** An application's Sequelize on a database of its own, its trail, and what has to be closed afterwards. */
export interface World {
  readonly sequelize: Sequelize;
  readonly trail: AuditTrail;
  /** The option `dir`. */
  readonly folder: string;
  /** What the trail made of it. */
  readonly dir: string;
  readonly logger: MemoryLogger;
  /** Starts an in-process worker (once) and waits until everything captured so far is stored. */
  stored(): Promise<Audit[]>;
  worker(): Promise<AuditWorkerHandle>;
  dispose(): Promise<void>;
}

/** Options of a Sequelize instance on a new, empty database. */
export async function newDatabase(
  name: DatabaseName,
): Promise<{ options: Options; drop: () => Promise<void> }> {
  if (name === 'sqlite') {
    const storage = path.join(temporaryFolder(), 'application.sqlite');
    return { options: { dialect: 'sqlite', storage, logging: false }, drop: () => Promise.resolve() };
  }
  const created = await createDatabase(name === 'postgres' ? 'postgres' : 'mariadb');
  const { host, port, user, password, database } = created;
  return {
    options: { dialect: name, host, port: Number(port), username: user, password, database, logging: false },
    drop: () => created.drop(),
  };
}

/** A world on a new database, migrated; of another class of Sequelize where one is given. */
export async function createWorld(
  name: DatabaseName,
  options: AuditOptions = {},
  sequelizeOptions: Options = {},
  Application: new (options: Options) => Sequelize = Sequelize,
): Promise<World> {
  const { options: connection, drop } = await newDatabase(name);
  const sequelize = new Application({ ...connection, ...sequelizeOptions });
  const dir = temporaryFolder();
  const logger = new MemoryLogger();
  const redis =
    options.driver === 'redis' ? { redis: servers().redis, redisKey: `spec-${randomUUID()}` } : {};
  const trail = configureAudit(sequelize, { dir, logger, flushInterval: 0.02, ...redis, ...options });
  await trail.migrate();
  let started: Promise<AuditWorkerHandle> | undefined;
  const worker = (): Promise<AuditWorkerHandle> =>
    (started ??= startAuditWorker({ sequelize, inThread: false }));
  return {
    sequelize,
    trail,
    folder: dir,
    dir: trail.settings.dir,
    logger,
    worker,
    async stored() {
      if (trail.settings.driver !== 'sync') await worker();
      await trail.flush({ stored: true, timeoutMs: 20_000 });
      return trail.Audit.findAll({ order: [['id', 'ASC']] });
    },
    async dispose() {
      await (await started)?.stop();
      await trail.close();
      await sequelize.close();
      await drop();
    },
  };
}
