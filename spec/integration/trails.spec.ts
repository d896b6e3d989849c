import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import v8 from 'node:v8';
import vm from 'node:vm';

import { expect } from 'chai';
import { DataTypes, Sequelize } from 'sequelize';

import { configureAudit, recordAudit, runWithAuditContext, startAuditWorker, withAudit } from '../../lib';
import type { AuditError, AuditTrail } from '../../lib';
import { servers, temporaryFolder } from '../support/servers';
import { until } from '../support/until';
import { createWorld, MemoryLogger } from '../support/world';

const run = promisify(execFile);
const LIB = path.join(__dirname, '../../lib/index.js');

describe('several trails', () => {
  for (const driver of ['embedded', 'redis'] as const) {
    it(`on one directory and one Redis keep to themselves (${driver})`, async () => {
      const folder = temporaryFolder();
      const redisKey = `spec-${path.basename(folder)}`;
      const open = async (name: string): Promise<AuditTrail> => {
        const storage = path.join(folder, `${name}.sqlite`);
        const sequelize = new Sequelize({ dialect: 'sqlite', storage, logging: false });
        const trail = configureAudit(sequelize, {
          driver,
          dir: folder,
          redis: servers().redis,
          redisKey,
          logger: new MemoryLogger(),
        });
        const Product = withAudit(sequelize.define('Product', { name: DataTypes.STRING }));
        await sequelize.sync();
        await trail.migrate();
        await Product.create({ name });
        return trail;
      };
      const trails = [await open('first'), await open('second')];
      const workers = [];
      for (const { sequelize } of trails)
        workers.push(await startAuditWorker({ sequelize, inThread: false }));
      for (const trail of trails) await trail.flush({ stored: true });
      const stored = await Promise.all(trails.map((trail) => trail.Audit.findAll()));
      expect(stored.map((audits) => audits.map(({ newValues }) => newValues?.['name']))).to.deep.equal([
        ['first'],
        ['second'],
      ]);
      await Promise.all(workers.map((worker) => worker.stop()));
      for (const trail of trails) {
        await trail.close();
        await trail.sequelize.close();
      }
    });
  }

  it('end with their Sequelize instances, which nothing keeps', async () => {
    const dir = temporaryFolder();
    const use = async (name: string): Promise<WeakRef<Sequelize>> => {
      const storage = name === '' ? ':memory:' : path.join(dir, `${name}.sqlite`);
      const sequelize = new Sequelize({ dialect: 'sqlite', storage, logging: false });
      const trail = configureAudit(sequelize, { dir, logger: new MemoryLogger() });
      const Product = withAudit(sequelize.define('Product', { name: DataTypes.STRING }));
      await sequelize.sync();
      await Product.create({ name });
      await trail.flush();
      await sequelize.close();
      return new WeakRef(sequelize);
    };
    const used = [await use(''), await use('first'), await use('second'), await use('')];
    v8.setFlagsFromString('--expose-gc');
    const collect = vm.runInNewContext('gc') as () => void;

    await until(
      () => {
        collect();
        return used.every((each) => each.deref() === undefined);
      },
      { what: 'the instances to be collected' },
    );
    await recordAudit({ event: 'exported' }).then(
      () => expect.fail('no trail is left'),
      (error: AuditError) => expect(error.code).to.equal('AUDIT_NOT_CONFIGURED'),
    );
  });

  it('of two databases with one name are refused on one directory', async () => {
    const dir = temporaryFolder();
    const open = (): Sequelize =>
      new Sequelize({
        dialect: 'sqlite',
        storage: path.join(temporaryFolder(), 'shop.sqlite'),
        logging: false,
      });
    const first = configureAudit(open(), { dir });
    expect(() => configureAudit(open(), { dir }))
      .to.throw('needs another')
      .with.property('code', 'AUDIT_OPTION');
    await first.close();
  });
});

describe('two copies of the package in one process', () => {
  const SCRIPT = `
    const { Sequelize, DataTypes } = require(${JSON.stringify(require.resolve('sequelize'))});
    const path = ${JSON.stringify(LIB)};
    const copy = () => {
      for (const file of Object.keys(require.cache)) if (!file.includes('node_modules')) delete require.cache[file];
      return require(path);
    };
    (async () => {
      const sequelize = new Sequelize({ dialect: 'sqlite', storage: 'shop.sqlite', logging: false });
      const [first, second] = [copy(), copy()];
      const trail = first.configureAudit(sequelize);
      const Product = first.withAudit(sequelize.define('Product', { name: DataTypes.STRING }));
      const Order = second.withAudit(sequelize.define('Order', { name: DataTypes.STRING }));
      await sequelize.sync();
      await trail.migrate();
      for (const { runWithAuditContext } of [first, second]) {
        await runWithAuditContext({ user: { type: 'User', id: 1 } }, async () => {
          await Product.create({ name: 'a' });
          await Order.create({ name: 'b' });
        });
      }
      const worker = await first.startAuditWorker({ sequelize, inThread: false });
      await trail.flush({ stored: true });
      await worker.drain();
      const audits = await trail.Audit.findAll();
      console.log(JSON.stringify(audits.map((audit) => [audit.auditableType, audit.userId])));
      await worker.stop();
    })();`;

  it('capture each change once, by the copy that has marked the model', async () => {
    const { stdout } = await run(process.execPath, ['-e', SCRIPT], {
      cwd: temporaryFolder(),
      timeout: 20_000,
    });
    expect((JSON.parse(stdout) as unknown[]).sort()).to.deep.equal([
      ['Order', null],
      ['Order', '1'],
      ['Product', null],
      ['Product', '1'],
    ]);
  });
});

describe('an environment that makes no trail', () => {
  const SCRIPT = `
    const { Sequelize, DataTypes } = require(${JSON.stringify(require.resolve('sequelize'))});
    const { withAudit } = require(${JSON.stringify(LIB)});
    (async () => {
      const sequelize = new Sequelize({ dialect: 'sqlite', storage: 'shop.sqlite', logging: false });
      const Product = withAudit(sequelize.define('Product', { name: DataTypes.STRING }));
      await sequelize.sync();
      const product = await Product.create({ name: 'a' });
      await sequelize.transaction((transaction) => product.update({ name: 'b' }, { transaction }));
      console.log(JSON.stringify([await Product.count(), product.get('name')]));
    })();`;

  for (const [what, environment] of Object.entries({
    'a bad value': { AUDIT_BATCH_SIZE: '0' },
    'an unreachable database': { AUDIT_DATABASE_URL: 'postgres://localhost:1/nothing' },
    'an unwritable directory': { AUDIT_DIR: '/dev/null/audit' },
  })) {
    it(`does not make a write fail: ${what}`, async () => {
      const { stdout, stderr } = await run(process.execPath, ['-e', SCRIPT], {
        cwd: temporaryFolder(),
        env: { ...process.env, ...environment },
        timeout: 20_000,
      });
      expect(JSON.parse(stdout)).to.deep.equal([1, 'b']);
      if (what !== 'an unreachable database')
        expect(stderr).to.match(/audit error: .*(AUDIT_BATCH_SIZE|cannot be written)/);
    });
  }

  it('does not end the process where that cannot be logged, as on a full disk', async () => {
    // Open for reading only: it takes nothing, and that on every system.
    const { stdout } = await run('sh', ['-c', 'exec "$0" -e "$1" 2</dev/null', process.execPath, SCRIPT], {
      cwd: temporaryFolder(),
      env: { ...process.env, AUDIT_BATCH_SIZE: '0' },
      timeout: 20_000,
    });
    expect(JSON.parse(stdout)).to.deep.equal([1, 'b']);
  });
});

describe('driver sync', () => {
  it('lets a hook that writes an audited model join, on SQLite too', async () => {
    const world = await createWorld('sqlite', { driver: 'sync' });
    const Log = withAudit(world.sequelize.define('Log', { text: DataTypes.STRING }, { timestamps: false }));
    const Product = withAudit(
      world.sequelize.define('Product', { name: DataTypes.STRING }, { timestamps: false }),
    );
    Product.addHook('afterCreate', () => Log.create({ text: 'made' }).then(() => undefined));
    await world.sequelize.sync();
    await Promise.all([Product.create({ name: 'a' }), Product.create({ name: 'b' })]);
    expect((await world.stored()).map(({ auditableType }) => auditableType).sort()).to.deep.equal([
      'Log',
      'Log',
      'Product',
      'Product',
    ]);
    await world.dispose();
  });

  it('stores nothing of a statement with individual hooks whose records cannot be stored', async () => {
    const world = await createWorld('sqlite', { driver: 'sync' });
    const Product = withAudit(
      world.sequelize.define('Product', { name: DataTypes.STRING }, { timestamps: false }),
    );
    await world.sequelize.sync();
    await Product.bulkCreate([{ name: 'a' }, { name: 'b' }]);
    await world.sequelize.query('DROP TABLE audits');
    for (const attempt of [
      () => Product.update({ name: 'c' }, { where: {}, individualHooks: true }),
      () => Product.destroy({ where: {}, individualHooks: true }),
    ]) {
      expect(
        await attempt().then(
          () => 'done',
          (error: Error) => error.message,
        ),
      ).to.contain('no such table');
    }
    expect((await Product.findAll({ order: ['id'] })).map((row) => row.get('name'))).to.deep.equal([
      'a',
      'b',
    ]);
    await world.dispose();
  });

  it('refuses a database of its own, which a transaction cannot reach', async () => {
    const sequelize = new Sequelize('sqlite::memory:', { logging: false });
    const configure = (): AuditTrail =>
      configureAudit(sequelize, { driver: 'sync', databaseUrl: 'sqlite:other.sqlite' });
    expect(configure).to.throw('databaseUrl').with.property('code', 'AUDIT_OPTION');
    await sequelize.close();
  });
});

describe('secrets in what the application hands over', () => {
  it('are masked in events of its own, in extra fields and in URLs', async () => {
    const world = await createWorld('sqlite');
    await runWithAuditContext({ url: '/reset?token=abc&page=2', extra: { apiKey: 'k', ticket: 1 } }, () =>
      recordAudit({ event: 'tested', target: { type: 'Thing' }, newValues: { password: 'p', n: 1 } }),
    );
    const [audit] = await world.stored();
    expect(audit?.url).to.equal('/reset?token=[redacted]&page=2');
    expect(audit?.context).to.deep.equal({ apiKey: '[redacted]', ticket: 1 });
    expect(audit?.newValues).to.deep.equal({ password: '[redacted]', n: 1 });
    await world.dispose();
  });
});
