import { expect } from 'chai';
import { Redis } from 'ioredis';

import { startCluster } from '../../faults/support/redis-group';
import type { PrivateServer } from '../support/servers';
import { createDatabase, servers, startRedis } from '../support/servers';
import { onMariadb, onPostgres } from '../support/servers/database';
import { audit, auditJson } from './command';
import type { Result } from './command';
import { applicationFolder } from './shop';

interface Check {
  name: string;
  verdict: string;
  detail: string;
  remedy: string | null;
}

type Doctor = Result & { document: { verdict: string; checks: Check[] } };

function doctor(args: string[], cwd = applicationFolder()): Promise<Doctor> {
  return auditJson(['doctor', ...args], { cwd });
}

function found({ document }: Doctor, name: string): Check | undefined {
  return document.checks.find((check) => check.name === name);
}

describe('audit doctor looks at rights', () => {
  it('on PostgreSQL, of the user it connects as, and says what to grant', async () => {
    const database = await createDatabase('postgres');
    const user = `clerk_${database.database}`;
    await audit(['migrate', '--url', database.url], { cwd: applicationFolder() });
    const url = new URL(database.url);
    [url.username, url.password] = [user, 'geheim'];
    const args = ['--url', url.href];
    try {
      await onPostgres(database.url, (client) => client.query(`CREATE USER ${user} PASSWORD 'geheim'`));
      const none = await doctor(args);
      expect(none.status).to.equal(1);
      expect(found(none, 'grants')).to.include({ verdict: 'fail' });
      expect(found(none, 'grants')?.remedy)
        .to.contain(`GRANT SELECT, INSERT, DELETE ON audits TO ${user};`)
        .and.contain(`GRANT SELECT, INSERT, UPDATE ON audit_tasks TO ${user};`);
      await onPostgres(database.url, (client) =>
        client.query(`GRANT SELECT ON audit_migrations TO ${user};
          GRANT SELECT, INSERT, DELETE ON audits TO ${user};
          GRANT SELECT, INSERT, UPDATE ON audit_tasks TO ${user}`),
      );
      const unseen = await doctor(args);
      expect(unseen.status).to.equal(0);
      expect(found(unseen, 'grants')).to.include({ verdict: 'warn' });
      expect(found(unseen, 'grants')?.detail).to.equal(
        `${user} lacks SELECT, INSERT, UPDATE, DELETE on audit_workers`,
      );
      await onPostgres(database.url, (client) =>
        client.query(`GRANT SELECT, INSERT, UPDATE, DELETE ON audit_workers TO ${user}`),
      );
      expect(found(await doctor(args), 'grants')).to.include({ verdict: 'ok' });
      expect(none.stdout + none.stderr).to.not.contain('geheim');
    } finally {
      await database.drop();
      await onPostgres(servers().postgres, (client) => client.query(`DROP USER IF EXISTS ${user}`));
    }
  });

  it('on MariaDB, by statements that meet no row', async () => {
    const database = await createDatabase('mariadb');
    const user = database.database;
    await audit(['migrate', '--url', database.url], { cwd: applicationFolder() });
    const grant = (...rights: string[]): Promise<void> =>
      onMariadb(database.url, async (query) => {
        for (const right of rights) await query(`GRANT ${right} TO '${user}'@'%'`);
      });
    const url = new URL(database.url);
    [url.username, url.password] = [user, 'geheim'];
    const args = ['--url', url.href];
    try {
      await onMariadb(database.url, (query) => query(`CREATE USER '${user}'@'%' IDENTIFIED BY 'geheim'`));
      await grant(
        'SELECT ON audit_migrations',
        'SELECT, INSERT ON audits',
        'SELECT, INSERT, UPDATE ON audit_tasks',
      );
      const some = await doctor(args);
      expect(some.status).to.equal(1);
      expect(found(some, 'grants'), some.stdout).to.include({
        verdict: 'fail',
        detail: `'${user}'@'%' lacks DELETE on audits; SELECT, INSERT, UPDATE, DELETE on audit_workers`,
      });
      expect(found(some, 'migrations')).to.include({ verdict: 'ok' });
      expect(found(some, 'grants')?.remedy).to.contain(`GRANT DELETE ON audits TO '${user}'@'%';`);
      // What is missing of the rights costs a worker nothing but to be seen.
      expect((await audit(['work', '--drain', ...args], { cwd: applicationFolder() })).status).to.equal(0);
      await grant('DELETE ON audits', 'SELECT, INSERT, UPDATE, DELETE ON audit_workers');
      const all = await doctor(args);
      expect(all.status, all.stdout).to.equal(0);
      expect(found(all, 'grants')).to.include({ verdict: 'ok' });
    } finally {
      await onMariadb(servers().mariadb, (query) => query(`DROP USER IF EXISTS '${user}'@'%'`));
      await database.drop();
    }
  });
});

describe('audit doctor looks at clocks', () => {
  it("and fails where the database's is five minutes ahead", async () => {
    const database = await createDatabase('postgres');
    try {
      const args = ['--url', database.url];
      await audit(['migrate', ...args], { cwd: applicationFolder() });
      const right = await doctor(args);
      expect(found(right, 'clock')).to.deep.include({ verdict: 'ok', remedy: null });
      expect(found(right, 'clock')?.detail).to.contain('the database agrees with this host');
      await onPostgres(database.url, (client) =>
        client.query(`CREATE FUNCTION public.clock_timestamp() RETURNS timestamptz LANGUAGE sql
            AS $$ SELECT pg_catalog.clock_timestamp() + interval '5 minutes' $$;
          ALTER DATABASE ${database.database} SET search_path = public, pg_catalog`),
      );
      const wrong = await doctor(args);
      expect(wrong.status).to.equal(1);
      expect(found(wrong, 'clock')).to.include({ verdict: 'fail' });
      expect(found(wrong, 'clock')?.detail).to.match(
        /the database is (299|300)\.\d seconds ahead of this host/,
      );
    } finally {
      await database.drop();
    }
  });
});

describe('audit doctor looks at Redis', () => {
  let redis: PrivateServer | undefined;
  afterEach(async () => {
    await redis?.dispose();
    redis = undefined;
  });

  const onShop = (url: string): string[] => ['--url', 'sqlite:shop.sqlite', '--redis', url];

  it('and fails where it evicts, and warns where it keeps nothing on disk', async () => {
    redis = await startRedis({ args: ['--maxmemory-policy', 'allkeys-lru'] });
    const seen = await doctor(onShop(redis.url));
    expect(seen.status).to.equal(1);
    expect(found(seen, 'redis version')).to.deep.include({ verdict: 'ok' });
    expect(found(seen, 'redis eviction')).to.include({ verdict: 'fail' });
    expect(found(seen, 'redis eviction')?.detail).to.contain('allkeys-lru');
    expect(found(seen, 'redis eviction')?.remedy).to.contain('noeviction');
    expect(found(seen, 'redis persistence')).to.include({ verdict: 'warn' });
    expect(found(seen, 'redis persistence')?.detail).to.contain('neither AOF nor RDB');
    expect(found(seen, 'clock')?.detail).to.match(/^Redis 127\.0\.0\.1:\d+ agrees with this host$/);
  });

  it('and is content with noeviction and a log that is synced', async () => {
    redis = await startRedis({ args: ['--appendonly', 'yes', '--appendfsync', 'everysec'] });
    const seen = await doctor(onShop(redis.url));
    expect(found(seen, 'redis eviction')).to.include({ verdict: 'ok' });
    expect(found(seen, 'redis persistence')).to.deep.include({
      verdict: 'ok',
      detail: 'AOF, appendfsync everysec',
    });
  });

  it('and says what to see by hand where CONFIG is forbidden, or INFO as well', async () => {
    redis = await startRedis();
    const client = new Redis(redis.url);
    const user = async (name: string, ...rules: string[]): Promise<Doctor> => {
      await client.call('ACL', 'SETUSER', name, 'on', '>geheim', '~*', '&*', '+@all', ...rules);
      return doctor(onShop(redis!.url.replace('://', `://${name}:geheim@`)));
    };
    const careful = await user('careful', '-config');
    expect(found(careful, 'redis eviction')).to.include({ verdict: 'ok' });
    expect(found(careful, 'redis persistence')).to.include({ verdict: 'warn' });
    expect(found(careful, 'redis persistence')?.detail).to.contain('NOPERM');
    expect(found(careful, 'redis persistence')?.remedy).to.contain('by hand');
    const strict = await user('strict', '-config', '-info', '-time');
    client.disconnect();
    for (const name of ['redis version', 'redis eviction', 'redis persistence']) {
      expect(found(strict, name)).to.include({ verdict: 'warn' });
      expect(found(strict, name)?.remedy).to.contain('by hand');
    }
    expect(found(strict, 'clock')).to.equal(undefined);
    expect(strict.stdout + strict.stderr).to.not.contain('geheim');
  });

  it('of a Cluster at each master, and names the one that is wrong', async function () {
    this.timeout(90_000);
    const cluster = await startCluster();
    try {
      const client = new Redis(cluster.nodes[1]!);
      await client.config('SET', 'maxmemory-policy', 'volatile-ttl');
      client.disconnect();
      const seen = await doctor(onShop(cluster.url));
      const eviction = found(seen, 'redis eviction');
      expect(eviction).to.include({ verdict: 'fail' });
      const port = new URL(cluster.nodes[1]!).port;
      expect(eviction?.detail).to.contain(`127.0.0.1:${port}: maxmemory-policy volatile-ttl`);
      expect(found(seen, 'redis persistence')?.detail).to.match(/^neither AOF nor RDB/);
      expect(found(seen, 'clock')?.detail.split(';')).to.have.length(3);
    } finally {
      await cluster.dispose();
    }
  });
});
