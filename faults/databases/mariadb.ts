import { setTimeout as delay } from 'node:timers/promises';

import type { PrivateServer } from '../../spec/support/servers';
import { createMariadbDatabase, onMariadb } from '../../spec/support/servers/database';
import type { Query } from '../../spec/support/servers/database';
import { until } from '../../spec/support/until';
import type { ServedDatabase } from './contract';
import { refusalBy } from './refusal';

const WAITING = 'SELECT * FROM information_schema.innodb_lock_waits';
/** Of a deadlock, InnoDB ends the side that has changed less. */
const HEAVY = 'INSERT INTO ballast SELECT seq FROM seq_1_to_2000';

/** A database of its own on a server that may be killed, reached through mysql2. */
export async function openMariadb(server: PrivateServer): Promise<ServedDatabase> {
  const { url, drop } = await createMariadbDatabase(server.url);
  const run = (work: (query: Query) => Promise<unknown>): Promise<void> => onMariadb(url, work);
  const runAll = (...statements: string[]): Promise<void> =>
    run(async (query) => {
      for (const statement of statements) await query(statement);
    });
  return {
    url: url.replace(/^\w+:/, 'mysql:'),
    server,
    drop,
    insertion: 'INSERT INTO audits',
    runOnTrail: runAll,
    refuseRecords: (oneOf) =>
      runAll(
        ...refusalBy(
          oneOf,
          `CREATE TRIGGER refused BEFORE INSERT ON audits FOR EACH ROW
                 IF CRC32(NEW.auditable_id) % ${oneOf} = 0 THEN SIGNAL SQLSTATE '45000'; END IF`,
        ),
      ),
    lockTrail: (milliseconds) =>
      run(async (query) => {
        await query('SET GLOBAL lock_wait_timeout = 1');
        await query('LOCK TABLES audits WRITE');
        await delay(milliseconds);
        await query('UNLOCK TABLES');
        await query('SET GLOBAL lock_wait_timeout = 86400');
      }),
    endConnections: () =>
      run(async (query) => {
        const others = await query(
          'SELECT id FROM information_schema.processlist WHERE db = DATABASE() AND id <> CONNECTION_ID()',
        );
        // One that has ended by itself meanwhile is as good.
        for (const { id } of others) await query(`KILL ${String(id)}`).catch(() => undefined);
      }),
    plantDeadlock: () =>
      runAll(
        'CREATE TABLE obstacle (id INT PRIMARY KEY, n INT)',
        'CREATE TABLE ballast (n INT)',
        'INSERT INTO obstacle VALUES (1, 0), (2, 0)',
        `CREATE TRIGGER stumble BEFORE INSERT ON audits FOR EACH ROW
         BEGIN
           UPDATE obstacle SET n = n + 1 WHERE id = 1;
           UPDATE obstacle SET n = n + 1 WHERE id = 2;
         END`,
      ),
    deadlockTrail: () =>
      run(async (query) => {
        await query('BEGIN');
        await query(HEAVY);
        await query('UPDATE obstacle SET n = n + 1 WHERE id = 2');
        await until(async () => (await query(WAITING)).length > 0, {
          what: 'somebody to wait for what is locked',
          // Who looks more often than ten times a second always sees the same.
          intervalMs: 150,
        });
        await query('UPDATE obstacle SET n = n + 1 WHERE id = 1');
        await query('ROLLBACK');
      }),
  };
}
