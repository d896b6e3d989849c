import type { Servers } from '../game';
import type { Place } from '../scenario';
import type { FaultyDatabase, ServedDatabase } from './contract';
import { openMariadb } from './mariadb';
import { openPostgres } from './postgres';
import { openSqlite } from './sqlite';

/** A new, empty database for a run. */
export async function openDatabase(
  { database, driver }: Place,
  servers: Servers,
): Promise<FaultyDatabase | ServedDatabase> {
  switch (database) {
    case 'postgres':
      return openPostgres(servers.postgres);
    case 'mariadb':
      return openMariadb(servers.mariadb);
    case 'sqlite':
      return openSqlite(driver === 'sync');
  }
}
