import { readdirSync } from 'node:fs';
import { connect } from 'node:net';
import { expect } from 'chai';
import { Redis } from 'ioredis';
import * as mariadb from 'mariadb';
import * as mysql2 from 'mysql2/promise';
import { Client } from 'pg';
import { createDatabase, type PrivateServer, servers, startRedis, temporaryFolder } from '../support/servers';

describe('The servers of the integration specs', () => {
  const closing: (() => Promise<unknown>)[] = [];

  // An open connection would keep mocha from ending, also when it is a failure that left it open.
  afterEach(() => Promise.allSettled(closing.splice(0).map((close) => close())));

  async function connectPg(url: string): Promise<Client> {
    const client = new Client(url);
    client.on('error', () => undefined);
    closing.push(() => client.end());
    await client.connect();
    return client;
  }

  async function connectMariadb(url: string): Promise<mariadb.Connection> {
    const connection = await mariadb.createConnection(url);
    connection.on('error', () => undefined);
    closing.push(() => Promise.resolve(connection.destroy()));
    return connection;
  }

  it('has a PostgreSQL that answers in a new database', async () => {
    const { url, database, drop } = await createDatabase('postgres');
    closing.push(drop);
    const client = await connectPg(url);
    const { rows } = await client.query<{ name: string; encoding: string }>(
      `SELECT current_database() AS name, current_setting('server_encoding') AS encoding`,
    );

    expect(rows).to.deep.equal([{ name: database, encoding: 'UTF8' }]);
  });

  it('has a MariaDB that answers both of its drivers in a new database', async () => {
    const { drop, url, ...address } = await createDatabase('mariadb');
    closing.push(drop);
    const sql = 'SELECT DATABASE() AS name, @@character_set_database AS encoding';
    const byMysql2 = await mysql2.createConnection(address);
    closing.push(() => byMysql2.end());
    const [rows] = await byMysql2.query(sql);
    const byMariadb = await connectMariadb(url);
    const sameRows: object[] = await byMariadb.query(sql);

    expect(rows).to.deep.equal([{ name: address.database, encoding: 'utf8mb4' }]);
    expect([...sameRows]).to.deep.equal(rows);
  });

  it('drops databases in which a transaction is still open', async () => {
    const work = ['CREATE TABLE entry (id INT)', 'BEGIN', 'INSERT INTO entry VALUES (1)'];

    const postgres = await createDatabase('postgres');
    const client = await connectPg(postgres.url);
    for (const statement of work) {
      await client.query(statement);
    }
    await postgres.drop();

    const { drop, url } = await createDatabase('mariadb');
    const connection = await connectMariadb(url);
    for (const statement of work) {
      await connection.query(statement);
    }
    await drop();
  });

  it('has a Redis that answers', async () => {
    const client = new Redis(servers().redis);
    expect(await client.ping()).to.equal('PONG');
    client.disconnect();
  });

  it('gives each caller an empty folder', () => {
    const folders = [temporaryFolder(), temporaryFolder()];
    expect(new Set(folders).size).to.equal(2);
    expect(folders.flatMap((folder) => readdirSync(folder))).to.deep.equal([]);
  });

  describe('a Redis of a spec’s own', () => {
    let redis: PrivateServer;
    let client: Redis;

    before(async () => {
      redis = await startRedis({ args: ['--appendonly', 'yes', '--appendfsync', 'always'] });
      client = new Redis(redis.url, { retryStrategy: () => 20, maxRetriesPerRequest: null });
      client.on('error', () => undefined);
    });

    after(async () => {
      client.disconnect();
      await redis.dispose();
    });

    for (const signal of [undefined, 'SIGKILL'] as const) {
      it(`keeps its port and data when it is stopped ${signal ? `by ${signal}` : 'cleanly'} and started`, async () => {
        const { port } = redis;
        await client.set('entry', String(signal));
        await redis.stop(signal);
        expect(await isListening(port)).to.equal(false);

        await redis.start();
        expect(redis.port).to.equal(port);
        expect(await client.get('entry')).to.equal(String(signal));
      });
    }
  });
});

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
