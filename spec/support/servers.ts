import { createMariadbDatabase, createPostgresDatabase, type TestDatabase } from './servers/database';
import type { PrivateServer } from './servers/kind';
import { mariadb } from './servers/mariadb';
import { postgres } from './servers/postgres';
import { provide } from './servers/provide';
import { redis } from './servers/redis';
import { newFolder } from './servers/run-folder';
import { sharedUrl } from './servers/shared';

export type { PrivateServer, TestDatabase };

/** The URLs of the servers that all specs share; throws where they were not started. */
export function servers(): { postgres: string; mariadb: string; redis: string } {
  return { postgres: sharedUrl(postgres), mariadb: sharedUrl(mariadb), redis: sharedUrl(redis) };
}

/** A new database with a random name on the shared server, so that specs do not see each other's tables. */
export function createDatabase(dialect: 'postgres' | 'mariadb'): Promise<TestDatabase> {
  return dialect === 'postgres'
    ? createPostgresDatabase(sharedUrl(postgres))
    : createMariadbDatabase(sharedUrl(mariadb));
}

/** A PostgreSQL of the spec's own; its user is a superuser. */
export function startPostgres(): Promise<PrivateServer> {
  return provide(postgres);
}

/** A MariaDB of the spec's own; its user is root. */
export function startMariadb(): Promise<PrivateServer> {
  return provide(mariadb);
}

/** A Redis of the spec's own. It forgets its data when it is stopped, unless `args` says otherwise. */
export function startRedis({ args = [] }: { args?: string[] } = {}): Promise<PrivateServer> {
  return provide(redis, args);
}

/** A new, empty folder, which is removed at the end of the run. */
export function temporaryFolder(): string {
  return newFolder('spec');
}
