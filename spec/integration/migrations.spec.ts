import { expect } from 'chai';
import { DataTypes, QueryTypes, Sequelize } from 'sequelize';

import { AuditError, configureAudit, startAuditWorker, withAudit } from '../../lib';
import { COLUMNS } from '../../lib/record/wire';
import { connectionOptionsOf, Database } from '../../lib/storage/database';
import { Migrator } from '../../lib/storage/migrator';
import { migrations } from '../../migrations';
import { temporaryFolder } from '../support/servers';
import { createWorld, DATABASES, newDatabase } from '../support/world';

const ALL = migrations.map(({ name }) => name);

for (const name of DATABASES) {
  describe(`migrations on ${name}`, () => {
    let sequelize: Sequelize;
    let drop: () => Promise<void>;
    let database: Database;

    beforeEach(async () => {
      const created = await newDatabase(name);
      drop = created.drop;
      // One connection has to be enough.
      sequelize = new Sequelize({ ...created.options, pool: { max: 1, acquire: 5_000 } });
      database = new Database(sequelize, false);
    });
    afterEach(async () => {
      await sequelize.close();
      await drop();
    });

    it('makes the tables, once', async () => {
      const migrator = new Migrator(database);
      expect((await migrator.status()).executed).to.deep.equal([]);
      expect(await migrator.up()).to.deep.equal(ALL);
      expect(await migrator.up()).to.deep.equal([]);
      expect(await migrator.status()).to.deep.equal({ executed: ALL, pending: [] });
      expect(await database.dialect.columnsOf(sequelize, 'audits')).to.deep.equal([...COLUMNS]);
    });

    it('takes back one step or all', async () => {
      const migrator = new Migrator(database);
      await migrator.up();
      expect(await indexes(sequelize)).to.include('audits_request');
      expect(await migrator.down()).to.deep.equal(['0004-audit-workers']);
      expect(await migrator.down()).to.deep.equal(['0003-audit-indexes']);
      expect((await migrator.status()).pending).to.deep.equal(ALL.slice(-2));
      expect(await indexes(sequelize))
        .to.include('audits_user')
        .and.not.include('audits_request');
      expect(await migrator.down()).to.deep.equal(['0002-audit-tasks']);
      expect(await migrator.up()).to.deep.equal(ALL.slice(1));
      expect(await migrator.down({ all: true })).to.deep.equal([...ALL].reverse());
      expect(await database.dialect.columnsOf(sequelize, 'audits')).to.deep.equal([]);
    });

    it('goes on where a step was cut short, or an index was built beforehand', async () => {
      const migrator = new Migrator(database);
      await migrator.up();
      for (const step of ALL.slice(-2).reverse()) expect(await migrator.down()).to.deep.equal([step]);
      await sequelize.query('CREATE INDEX audits_request ON audits (request_id)');
      expect(await migrator.up()).to.deep.equal(ALL.slice(-2));
      expect(await indexes(sequelize)).to.include('audits_request');
      await sequelize.query(
        `DROP INDEX audits_request${database.dialect.name === 'mysql' ? ' ON audits' : ''}`,
      );
      for (const step of ALL.slice(-2).reverse()) expect(await migrator.down()).to.deep.equal([step]);
      expect(await indexes(sequelize)).not.to.include('audits_request');
    });

    it('notices a table that somebody has dropped', async () => {
      const migrator = new Migrator(database);
      await migrator.up();
      await sequelize.query('DROP TABLE audits');
      expect((await migrator.status()).pending).to.deep.equal(['0001-audits', '0003-audit-indexes']);
      expect(await migrator.up()).to.deep.equal(['0001-audits', '0003-audit-indexes']);
      expect((await migrator.status()).pending).to.deep.equal([]);
    });

    it('does no harm when several run at once', async () => {
      const others = Array.from(
        { length: 3 },
        () => new Sequelize({ ...connectionOptionsOf(sequelize), logging: false }),
      );
      const ran = await Promise.all(others.map((other) => new Migrator(new Database(other, false)).up()));
      expect(ran.flat().sort()).to.deep.equal(ALL);
      await Promise.all(others.map((other) => other.close()));
    });

    it('refuses a table of the same name that is not ours', async () => {
      await sequelize.query('CREATE TABLE audits (id integer PRIMARY KEY, note varchar(10))');
      const error: unknown = await new Migrator(database).up().catch((reason: unknown) => reason);
      expect(error).to.be.instanceOf(AuditError).with.property('code', 'AUDIT_MIGRATION');
      expect((error as Error).message)
        .to.contain('"audits"')
        .and.to.contain('auditable_type');
      expect(await database.dialect.columnsOf(sequelize, 'audits')).to.deep.equal(['id', 'note']);
    });
  });

  describe(`the application's tables on ${name}`, () => {
    it('are not changed, and its sync({ force: true }) and drop() do not touch ours', async () => {
      const world = await createWorld(name, { driver: 'sync' });
      const { sequelize, trail } = world;
      const Product = withAudit(sequelize.define('Product', { name: DataTypes.STRING }));
      await sequelize.sync({ force: true });
      await Product.create({ name: 'a' });
      expect(await trail.Audit.count()).to.equal(1);
      await sequelize.sync({ force: true });
      expect(await trail.Audit.count()).to.equal(1);
      await sequelize.drop();
      expect(await trail.Audit.count()).to.equal(1);
      expect(Object.keys(sequelize.models)).to.deep.equal(['Product']);
      expect(Object.keys(Product.getAttributes())).to.deep.equal(['id', 'name', 'createdAt', 'updatedAt']);
      await world.dispose();
    });

    it('lack ours: reading and starting a worker say what to do', async () => {
      const { options, drop } = await newDatabase(name);
      const sequelize = new Sequelize(options);
      const trail = configureAudit(sequelize, { dir: temporaryFolder(), logLevel: 'silent' });
      const Product = withAudit(sequelize.define('Product', { name: DataTypes.STRING }));
      await sequelize.sync();
      const product = await Product.create({ name: 'a' });
      const attempts = [
        () => product.getAudits(),
        () => startAuditWorker({ sequelize }),
        () => startAuditWorker({ sequelize, inThread: false }),
      ];
      for (const attempt of attempts) {
        const error: unknown = await attempt().then(
          () => undefined,
          (reason: unknown) => reason,
        );
        expect(error).to.have.property('code', 'AUDIT_NOT_MIGRATED');
        expect((error as Error).message).to.contain('audit migrate');
      }
      await trail.migrate();
      const worker = await startAuditWorker({ sequelize });
      await trail.flush({ stored: true });
      expect(await product.getAudits()).to.have.length(1);
      await worker.stop();
      await trail.close();
      const tables = await sequelize.query<{ n: number }>(
        'SELECT COUNT(*) AS n FROM ' + quoted(sequelize, 'Products'),
        {
          type: QueryTypes.SELECT,
        },
      );
      expect(Number(tables[0]?.n)).to.equal(1);
      await sequelize.close();
      await drop();
    });
  });
}

async function indexes(sequelize: Sequelize): Promise<string[]> {
  const found = (await sequelize.getQueryInterface().showIndex('audits')) as { name: string }[];
  return found.map(({ name }) => name);
}

function quoted(sequelize: Sequelize, table: string): string {
  return sequelize.getDialect() === 'postgres' ? `"${table}"` : `\`${table}\``;
}
