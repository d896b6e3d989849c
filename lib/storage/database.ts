import fs from 'node:fs';
import path from 'node:path';

import { Sequelize, Transaction } from 'sequelize';
import type { Options } from 'sequelize';

import type { Settings } from '../config';
import { AuditError, messageOf } from '../errors';
import { flawOfDatabaseUrl } from '../server-urls';
import { listenForEarlyErrors } from '../adapter/early-errors';
import { connectionOf, optionsOf } from '../adapter/sequelize';
import type { Dialect, Prepared } from './dialect';
import { mysql } from './dialects/mysql';
import { postgres } from './dialects/postgres';
import { sqlite } from './dialects/sqlite';
import { ExitGate } from './exit-gate';
import { FileWriter } from './file-writer';

const DIALECTS: Record<string, Dialect> = { postgres, mysql, mariadb: mysql, sqlite };

/**
 * The database that holds the trail: the application's own, unless it must be another. Then the
 * Sequelize instance is ours, and closed by us.
 */
export class Database {
  readonly dialect: Dialect;
  /** Of a SQLite file of ours. */
  private readonly file: FileWriter | undefined;

  constructor(
    readonly sequelize: Sequelize,
    /** True if the Sequelize instance was made here. */
    readonly owned: boolean,
    gate = new ExitGate(),
  ) {
    this.dialect = dialectOf(sequelize.getDialect());
    const isFile = owned && this.dialect.name === 'sqlite' && storageOf(sequelize) !== ':memory:';
    this.file = isFile ? new FileWriter(sequelize, storageOf(sequelize), gate) : undefined;
  }

  /** Decides where the trail lives, and opens it. No connection is made yet. */
  static open(application: Sequelize, settings: Settings): Database {
    if (settings.databaseUrl !== undefined) return new Database(openUrl(settings.databaseUrl), true);
    const name = application.getDialect();
    const dialect = dialectOf(name);
    if (dialect.name === 'sqlite' && settings.driver !== 'sync') {
      // A second writer on one SQLite file breaks the application (SQLITE_BUSY at once, whatever the timeout).
      return new Database(
        openOwn({ dialect: 'sqlite', storage: auditFile(storageOf(application), settings.dir) }),
        true,
      );
    }
    if (dialect.name === 'mysql' && !isUtc(optionsOf(application).timezone)) {
      // A DATETIME has no zone: ours is UTC, read by an instance that says so.
      return new Database(
        openOwn({ ...connectionOptionsOf(application), dialect: name as 'mysql', timezone: '+00:00' }),
        true,
      );
    }
    return new Database(application, false);
  }

  /** Runs work in a transaction of its own, outside any that Sequelize's CLS may know. */
  transaction<T>(work: (transaction: Transaction) => Promise<T>): Promise<T> {
    const type = this.dialect.name === 'sqlite' ? { type: Transaction.TYPES.IMMEDIATE } : {};
    return this.sequelize.transaction({ ...type, logging: false }, work);
  }

  /** Writes what a dialect has prepared: all of it holds, or nothing. */
  write<T>(prepared: Prepared<T>, sent: () => void): Promise<T> {
    if (this.file) return this.file.write(prepared, sent);
    return this.transaction((transaction) => prepared(connectionOf(transaction), sent));
  }

  /** How many of `connections` can write at a time: a SQLite file has one writer. */
  writers(connections: number): number {
    return this.dialect.name === 'sqlite' ? 1 : connections;
  }

  /** Settings that a SQLite file of ours keeps: readers and the writer do not block each other. */
  async prepare(): Promise<void> {
    if (this.owned && this.dialect.name === 'sqlite') await this.sequelize.query('PRAGMA journal_mode = WAL');
  }

  /** Whether there is no such file. SQLite makes one as soon as it is asked anything, and looking must not. */
  get isMissing(): boolean {
    const file = storageOf(this.sequelize);
    return this.dialect.name === 'sqlite' && file !== ':memory:' && !fs.existsSync(file);
  }

  /** Which database this is, without its password. */
  describe(): string {
    const { host, port } = this.sequelize.config as { host?: string; port?: string | number };
    if (this.dialect.name === 'sqlite') return `the SQLite file ${storageOf(this.sequelize)}`;
    const database = nameOf(this.sequelize);
    return `${this.sequelize.getDialect()} database "${database ?? ''}" on ${host ?? 'localhost'}:${port ?? ''}`;
  }

  async close(): Promise<void> {
    if (this.owned) await this.sequelize.close();
  }
}

/**
 * A name for the trail that every process of it arrives at, whatever it calls the host: `postgres-shop`.
 * Journals and streams bear it, so that trails of two databases never mix.
 */
export function trailName(application: Sequelize, settings: Pick<Settings, 'databaseUrl'>): string {
  const { databaseUrl } = settings;
  const dialect = dialectOf(
    databaseUrl?.split(':')[0]?.replace('postgresql', 'postgres') ?? application.getDialect(),
  ).name;
  const name =
    dialect === 'sqlite' ? fileName(application, databaseUrl) : databaseName(application, databaseUrl);
  return `${dialect}-${name}`.replace(/[^\p{L}\p{N}._-]+/gu, '_').slice(0, 100);
}

function fileName(application: Sequelize, databaseUrl: string | undefined): string {
  const file = databaseUrl?.replace(/^sqlite:(\/\/)?/, '') ?? storageOf(application);
  return path.parse(file).name.replace(/\.audits$/, '');
}

function databaseName(application: Sequelize, databaseUrl: string | undefined): string {
  if (databaseUrl !== undefined)
    return URL.canParse(databaseUrl) ? new URL(databaseUrl).pathname.slice(1) : '';
  const { replication } = optionsOf(application);
  return nameOf(application) ?? (replication ? replication.write.database : undefined) ?? '';
}

/** Where Sequelize was given a URL that cannot be read, it takes all behind the user for the name: `:password@host…`. */
function nameOf({ config }: Sequelize): string | undefined {
  const { database } = config as { database?: string };
  return database?.startsWith(':') ? '' : database;
}

/** Opens a database by URL, and options beside it. Throws AUDIT_OPTION, AUDIT_DRIVER_MISSING or AUDIT_DIALECT. */
export function openUrl(url: string, options: Options = {}): Sequelize {
  const scheme = url.slice(0, Math.max(0, url.indexOf(':')));
  if (!Object.hasOwn(DIALECTS, scheme) && scheme !== 'postgresql') {
    throw new AuditError(
      'AUDIT_DIALECT',
      `A database URL must begin with the name of its dialect. Supported are ${SUPPORTED}`,
    );
  }
  const flaw = flawOfDatabaseUrl(url);
  if (flaw !== undefined) throw new AuditError('AUDIT_OPTION', `The database URL ${flaw}.`);
  return openSafely(() => new Sequelize(url, { ...options, ...own }));
}

/** Opens a database by Sequelize options. Throws AUDIT_DRIVER_MISSING or AUDIT_DIALECT. */
export function openOwn(options: Options): Sequelize {
  return openSafely(() => new Sequelize({ ...options, ...own }));
}

/** Of Sequelize's options, those that say how to connect. */
const CONNECTION_OPTIONS = [
  ...['dialect', 'dialectOptions', 'dialectModule', 'dialectModulePath', 'host', 'port', 'protocol'],
  ...['replication', 'ssl', 'native', 'timezone'],
];

/** The options that another Sequelize instance needs to reach the same database. */
export function connectionOptionsOf(sequelize: Sequelize): Options {
  const all = optionsOf(sequelize);
  const { database, username, password } = sequelize.config as Options;
  const picked = CONNECTION_OPTIONS.map((name): [string, unknown] => [name, all[name as keyof Options]]);
  const given: [string, unknown][] = [...picked, ...Object.entries({ database, username, password })];
  if (all.dialect === 'sqlite') given.push(['storage', storageOf(sequelize)]);
  return Object.fromEntries(
    given.filter(([, value]) => value !== undefined && value !== null && value !== false),
  );
}

/** Where a Sequelize instance on SQLite keeps its file; Sequelize takes the host for it where `storage` is missing. */
export function storageOf(sequelize: Sequelize): string {
  const { storage, host } = optionsOf(sequelize);
  // Both may be empty, as in sqlite::memory:
  return storage || host || ':memory:';
}

/** `shop.sqlite` has its trail in `shop.audits.sqlite` beside it. */
function auditFile(storage: string, directory: string): string {
  if (storage === ':memory:') return path.join(directory, 'audits.sqlite');
  const { dir, name, ext } = path.parse(path.resolve(storage));
  return path.join(dir, `${name}.audits${ext || '.sqlite'}`);
}

const own: Options = {
  logging: false,
  // A worker's connections and one for tasks and reading; idle ones go, so that nothing keeps a process alive.
  pool: { max: 18, min: 0, idle: 5_000 },
};

function openSafely(open: () => Sequelize): Sequelize {
  try {
    const sequelize = open();
    listenForEarlyErrors(sequelize);
    return sequelize;
  } catch (error) {
    const missing = /Please install (.+?) (?:package )?manually/i.exec(messageOf(error))?.[1];
    if (missing) {
      throw new AuditError(
        'AUDIT_DRIVER_MISSING',
        `The database needs the package ${missing}: npm install ${missing}`,
        {
          cause: error,
        },
      );
    }
    // Sequelize's message may quote the URL, and with it the password.
    throw new AuditError(
      'AUDIT_DIALECT',
      'The database URL or its options cannot be used. Supported are ' + SUPPORTED,
      {
        cause: error instanceof Error ? error.name : undefined,
      },
    );
  }
}

const SUPPORTED = 'postgres, mysql, mariadb and sqlite.';

function dialectOf(name: string): Dialect {
  const dialect = Object.hasOwn(DIALECTS, name) ? DIALECTS[name] : undefined;
  if (!dialect)
    throw new AuditError(
      'AUDIT_DIALECT',
      `The dialect "${name}" is not supported. Supported are ${SUPPORTED}`,
    );
  return dialect;
}

function isUtc(timezone: string | undefined): boolean {
  return timezone === undefined || ['+00:00', 'Z', 'UTC', 'Etc/UTC'].includes(timezone);
}
