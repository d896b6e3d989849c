import fs from 'node:fs';
import path from 'node:path';

import type { Options } from 'sequelize';

import { startMariadb, startPostgres, startRedis, temporaryFolder } from '../../spec/support/servers';
import type { PrivateServer, TestDatabase } from '../../spec/support/servers';
import { createMariadbDatabase, createPostgresDatabase } from '../../spec/support/servers/database';
import { noteUndo, removeRunFolder } from '../../spec/support/servers/run-folder';
import { DATABASES } from '../../spec/support/world';
import type { DatabaseName } from '../../spec/support/world';

export { DATABASES };
export type { DatabaseName };

const START = { postgres: startPostgres, mariadb: startMariadb, redis: startRedis };
type ServerName = keyof typeof START;

/** A new, empty database, as options of a Sequelize instance. */
export interface EmptyDatabase {
  readonly options: Options;
  drop(): Promise<void>;
}

/**
 * The servers of a run: each is started when it is first needed, and has nothing else to do. No database waits
 * for the disk: whether the machine has a fast one would decide the figures, and hide what auditing adds.
 */
export class Servers {
  private readonly started = new Map<ServerName, Promise<PrivateServer>>();

  async createDatabase(name: DatabaseName): Promise<EmptyDatabase> {
    if (name === 'sqlite') {
      const storage = path.join(folderInMemory(), 'shop.sqlite');
      return { options: { dialect: 'sqlite', storage, logging: false }, drop: () => Promise.resolve() };
    }
    const kind = name === 'postgres' ? 'postgres' : 'mariadb';
    const { url } = await this.server(kind);
    const create = kind === 'postgres' ? createPostgresDatabase : createMariadbDatabase;
    const { host, port, user, password, database, drop } = await create(url);
    const options: Options = { host, port: Number(port), username: user, password, database };
    return { options: { ...options, dialect: name, logging: false }, drop };
  }

  /** A new, empty database on PostgreSQL, with its URL. */
  async createPostgres(): Promise<TestDatabase> {
    return createPostgresDatabase((await this.server('postgres')).url);
  }

  /** A Redis that keeps nothing on disk. */
  async redisUrl(): Promise<string> {
    return (await this.server('redis')).url;
  }

  /** A new folder, which is removed at the end of the run. */
  folder(): string {
    return temporaryFolder();
  }

  /** Stops the servers and removes all that the run wrote, results apart. */
  async stop(): Promise<void> {
    const servers = [...this.started.values()];
    this.started.clear();
    await Promise.allSettled(servers.map(async (server) => (await server).dispose()));
    removeRunFolder();
  }

  private server(kind: ServerName): Promise<PrivateServer> {
    let server = this.started.get(kind);
    if (!server) {
      server = START[kind]();
      this.started.set(kind, server);
    }
    return server;
  }
}

/** Where the system has a file system in memory, that is where SQLite's files are: to sync them is nothing there. */
function folderInMemory(): string {
  const place = '/dev/shm';
  if (!fs.existsSync(place)) return temporaryFolder();
  const folder = fs.mkdtempSync(path.join(place, 'audit-bench-'));
  noteUndo(`rm -rf -- '${folder}'`);
  return folder;
}
