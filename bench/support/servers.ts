import path from 'node:path';

import type { Options } from 'sequelize';

import { startMariadb, startPostgres, temporaryFolder } from '../../spec/support/servers';
import type { PrivateServer } from '../../spec/support/servers';
import { createMariadbDatabase, createPostgresDatabase } from '../../spec/support/servers/database';
import { removeRunFolder } from '../../spec/support/servers/run-folder';
import { DATABASES } from '../../spec/support/world';
import type { DatabaseName } from '../../spec/support/world';

export { DATABASES };
export type { DatabaseName };

/** A new, empty database, as options of a Sequelize instance. */
export interface EmptyDatabase {
  readonly options: Options;
  drop(): Promise<void>;
}

/** The servers of a run: each is started when it is first needed, and has nothing else to do. */
export class Servers {
  private readonly started = new Map<'postgres' | 'mariadb', Promise<PrivateServer>>();

  async createDatabase(name: DatabaseName): Promise<EmptyDatabase> {
    if (name === 'sqlite') {
      const storage = path.join(temporaryFolder(), 'shop.sqlite');
      return { options: { dialect: 'sqlite', storage, logging: false }, drop: () => Promise.resolve() };
    }
    const kind = name === 'postgres' ? 'postgres' : 'mariadb';
    const { url } = await this.server(kind);
    const create = kind === 'postgres' ? createPostgresDatabase : createMariadbDatabase;
    const { host, port, user, password, database, drop } = await create(url);
    const options: Options = { host, port: Number(port), username: user, password, database };
    return { options: { ...options, dialect: name, logging: false }, drop };
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

  private server(kind: 'postgres' | 'mariadb'): Promise<PrivateServer> {
    let server = this.started.get(kind);
    if (!server) {
      server = kind === 'postgres' ? startPostgres() : startMariadb();
      this.started.set(kind, server);
    }
    return server;
  }
}
