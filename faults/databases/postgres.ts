import { setTimeout as delay } from 'node:timers/promises';

import type { Client } from 'pg';

import type { PrivateServer } from '../../spec/support/servers';
import { createPostgresDatabase, onPostgres } from '../../spec/support/servers/database';
import { until } from '../../spec/support/until';
import type { ServedDatabase } from './contract';

/** Long enough for the other side of a deadlock to come first, so that it is the worker who finds it. */
const NEVER_MINE = "SET deadlock_timeout = '60s'";

/** A database of its own on a server that may be killed. */
export async function openPostgres(server: PrivateServer): Promise<ServedDatabase> {
  const { url, drop, database } = await createPostgresDatabase(server.url);
  const run = (work: (client: Client) => Promise<unknown>): Promise<void> => onPostgres(url, work);
  return {
    url,
    server,
    drop,
    insertion: 'COPY audits',
    runOnTrail: (...statements) =>
      run(async (client) => {
        for (const statement of statements) await client.query(statement);
      }),
    refuseRecords: (oneOf) =>
      run(async (client) => {
        await client.query('ALTER TABLE audits DROP CONSTRAINT IF EXISTS refused');
        if (oneOf === 0) return;
        const check = `CHECK (hashtext(auditable_id) % ${oneOf} <> 0) NOT VALID`;
        await client.query(`ALTER TABLE audits ADD CONSTRAINT refused ${check}`);
      }),
    lockTrail: (milliseconds) =>
      run(async (client) => {
        await client.query(`ALTER DATABASE ${database} SET lock_timeout = 200`);
        await client.query('BEGIN; LOCK TABLE audits IN EXCLUSIVE MODE');
        await delay(milliseconds);
        await client.query('COMMIT');
      }),
    endConnections: () =>
      run((client) =>
        client.query(
          `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
            WHERE datname = current_database() AND pid <> pg_backend_pid()`,
        ),
      ),
    plantDeadlock: () =>
      run((client) =>
        client.query(
          `ALTER DATABASE ${database} SET deadlock_timeout = 300;
           CREATE TABLE obstacle (id int PRIMARY KEY, n int);
           INSERT INTO obstacle VALUES (1, 0), (2, 0);
           CREATE FUNCTION stumble() RETURNS trigger LANGUAGE plpgsql AS $$
             BEGIN
               UPDATE obstacle SET n = n + 1 WHERE id = 1;
               UPDATE obstacle SET n = n + 1 WHERE id = 2;
               RETURN NULL;
             END $$;
           CREATE TRIGGER stumble BEFORE INSERT ON audits EXECUTE FUNCTION stumble()`,
        ),
      ),
    deadlockTrail: () =>
      run(async (client) => {
        await client.query(NEVER_MINE);
        await client.query('BEGIN; UPDATE obstacle SET n = n + 1 WHERE id = 2');
        const waiting = "SELECT FROM pg_locks WHERE NOT granted AND locktype = 'transactionid'";
        await until(async () => (await client.query(waiting)).rowCount !== 0, {
          what: 'somebody to wait for what is locked',
          intervalMs: 5,
        });
        await client.query('UPDATE obstacle SET n = n + 1 WHERE id = 1');
        await client.query('COMMIT');
      }),
  };
}
