import { randomBytes } from 'node:crypto';
import { createConnection, type RowDataPacket } from 'mysql2/promise';
import { Client } from 'pg';
import { type Address, addressOf } from './address';

/** An empty database of a spec's own. `url` and the parts say the same, for whichever a driver prefers. */
export interface TestDatabase extends Address {
  url: string;
  /** Ends the connections that are still open, and removes the database. */
  drop: () => Promise<void>;
}

export async function createPostgresDatabase(server: string): Promise<TestDatabase> {
  const database = randomName();
  await onPostgres(server, (client) => client.query(`CREATE DATABASE ${database}`));
  return describe(server, database, () =>
    onPostgres(server, (client) => client.query(`DROP DATABASE IF EXISTS ${database} WITH (FORCE)`)),
  );
}

export async function createMariadbDatabase(server: string): Promise<TestDatabase> {
  const database = randomName();
  await onMariadb(server, (query) => query(`CREATE DATABASE ${database} CHARACTER SET utf8mb4`));
  return describe(server, database, () =>
    onMariadb(server, async (query) => {
      // MariaDB has no FORCE: it would wait for the transactions that a spec left open.
      const sessions = await query(`SELECT id FROM information_schema.processlist WHERE db = '${database}'`);
      for (const { id } of sessions) {
        // A session that has ended by itself in the meantime is as good.
        await query(`KILL ${String(id)}`).catch(() => undefined);
      }
      await query(`DROP DATABASE IF EXISTS ${database}`);
    }),
  );
}

/** Of letters and digits only, so that it needs no quotes in any dialect. */
function randomName(): string {
  return `audit_${randomBytes(6).toString('hex')}`;
}

function describe(server: string, database: string, drop: () => Promise<unknown>): TestDatabase {
  const url = new URL(server);
  // The drivers mysql2 and mariadb both take this scheme, and mariadb no other.
  url.protocol = url.protocol === 'mysql:' ? 'mariadb:' : url.protocol;
  url.pathname = database;
  return {
    ...addressOf(url.href),
    url: url.href,
    drop: async () => {
      await drop();
    },
  };
}

/** Works on a database, or on a server's own, and closes the connection. */
export async function onPostgres(
  server: string,
  action: (client: Client) => Promise<unknown>,
): Promise<void> {
  const client = new Client({ connectionString: server });
  await client.connect();
  try {
    await action(client);
  } finally {
    await client.end();
  }
}

export type Query = (sql: string) => Promise<RowDataPacket[]>;

/** The same, through mysql2. */
export async function onMariadb(server: string, action: (query: Query) => Promise<unknown>): Promise<void> {
  const connection = await createConnection(addressOf(server));
  try {
    await action(async (sql) => (await connection.query<RowDataPacket[]>(sql))[0]);
  } finally {
    await connection.end();
  }
}
