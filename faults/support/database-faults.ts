import { setTimeout as delay } from 'node:timers/promises';

import { Client } from 'pg';

/** Has the trail's table refuse one of so many records, for good reasons as far as anybody can tell; none with 0. */
export async function refuseRecords(url: string, oneOf: number): Promise<void> {
  await onDatabase(url, async (client) => {
    await client.query('ALTER TABLE audits DROP CONSTRAINT IF EXISTS refused');
    if (oneOf === 0) return;
    const check = `CHECK (hashtext(auditable_id) % ${oneOf} <> 0) NOT VALID`;
    await client.query(`ALTER TABLE audits ADD CONSTRAINT refused ${check}`);
  });
}

/** Ends all connections to the database but the one that does it. */
export async function terminateConnections(url: string): Promise<void> {
  await onDatabase(url, (client) =>
    client.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid()`,
    ),
  );
}

/** Nobody else can write to the trail's table for so many milliseconds; who waits is refused halfway. */
export async function lockTrail(url: string, milliseconds: number): Promise<void> {
  await onDatabase(url, async (client) => {
    await client.query(`ALTER DATABASE ${new URL(url).pathname.slice(1)} SET lock_timeout = 200`);
    await client.query('BEGIN; LOCK TABLE audits IN EXCLUSIVE MODE');
    await delay(milliseconds);
    await client.query('COMMIT');
  });
}

async function onDatabase(url: string, work: (client: Client) => Promise<unknown>): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}
