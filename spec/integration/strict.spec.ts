import fs from 'node:fs';

import { expect } from 'chai';
import { DataTypes, Sequelize } from 'sequelize';
import type { Model, ModelStatic, Transaction } from 'sequelize';

import { configureAudit, startAuditWorker, withAudit } from '../../lib';
import type { AuditTrail } from '../../lib';
import { directoriesOf } from '../../lib/buffer/directories';
import { lanesOf, readCheckpoint, endOf } from '../../lib/buffer/journal/lane';
import { createCommits, hasEnded, takeEvidence, verdictOf } from '../../lib/trail/strict/evidence';
import { Proxy } from '../support/proxy';
import { createDatabase, temporaryFolder } from '../support/servers';
import { until } from '../support/until';
import { createWorld, DATABASES } from '../support/world';
import type { World } from '../support/world';

/** `durability: 'strict'`, while the application lives. */
for (const database of DATABASES) {
  for (const driver of database === 'postgres' ? (['embedded', 'redis'] as const) : (['embedded'] as const)) {
    describe(`a strict model on ${database}, driver ${driver}`, () => {
      let world: World;
      let Product: ModelStatic<Model>;
      let Note: ModelStatic<Model>;
      let sql: string[];
      const create = (name: string, transaction?: Transaction): Promise<Model> =>
        Product.create({ name }, { ...(transaction ? { transaction } : {}) });
      const names = async (): Promise<unknown[]> =>
        (await world.stored()).map(({ newValues }) => newValues?.['name']);

      beforeEach(async () => {
        sql = [];
        world = await createWorld(database, { driver }, { logging: (text) => sql.push(text) });
        const columns = { name: { type: DataTypes.STRING, unique: true } };
        Product = withAudit(world.sequelize.define('Product', columns), { durability: 'strict' });
        Note = withAudit(world.sequelize.define('Note', columns));
        await world.sequelize.sync();
        sql = [];
      });
      afterEach(() => world.dispose());

      it('records each kind of write once, and leaves nothing prepared', async () => {
        const tea = await create('tea');
        await tea.update({ name: 'green tea' });
        await Product.bulkCreate([{ name: 'a' }, { name: 'b' }]);
        await Product.update({ name: 'c' }, { where: { name: 'b' } });
        await tea.destroy();
        await Product.destroy({ where: {} });
        const events = (await world.stored()).map(({ event }) => event);
        expect(events).to.deep.equal(
          ['created', 'updated', 'created', 'created', 'updated', 'deleted', 'deleted', 'deleted'],
        ); // prettier-ignore
        expectSettled(world.trail);
      });

      it('gives a write a transaction; of other models it does not', async () => {
        await Note.create({ name: 'a note' });
        const isBegin = (text: string): boolean => /BEGIN|START TRANSACTION/.test(text);
        expect(sql.filter(isBegin)).to.deep.equal([]);
        expect(lanesOf(directoriesOf(world.dir).prepared)).to.deep.equal([]);
        await create('tea');
        expect(sql.filter(isBegin)).to.have.length(1);
        expect(lanesOf(directoriesOf(world.dir).prepared)).to.have.length(1);
      });

      it('keeps what is committed of a transaction, and of other models in it', async () => {
        await world.sequelize.transaction(async (transaction) => {
          await create('kept', transaction);
          await Note.create({ name: 'a note' }, { transaction });
          const savepoint = await world.sequelize.transaction({ transaction });
          await create('undone', savepoint);
          await savepoint.rollback();
        });
        await world.sequelize
          .transaction(async (transaction) => {
            await create('never', transaction);
            throw new Error('undo');
          })
          .catch(() => undefined);
        expect(await names()).to.deep.equal(['kept', 'a note']);
        expectSettled(world.trail);
      });

      it('prepares nothing of a transaction whose strict records were undone', async () => {
        await world.sequelize.transaction(async (transaction) => {
          const savepoint = await world.sequelize.transaction({ transaction });
          await create('undone', savepoint);
          await savepoint.rollback();
        });
        expect(lanesOf(directoriesOf(world.dir).prepared)).to.deep.equal([]);
      });

      it('keeps transactions apart that commit at the same time', async () => {
        const count = database === 'sqlite' ? 5 : 20;
        await Promise.all(Array.from({ length: count }, (_, index) => create(`tea ${index}`)));
        expect(new Set(await names()).size).to.equal(count);
        expectSettled(world.trail);
      });

      it('fails no write while the directory takes nothing', async () => {
        const { prepared } = directoriesOf(world.dir);
        fs.mkdirSync(world.dir, { recursive: true });
        fs.writeFileSync(prepared, 'no directory');
        await create('tea');
        expect(await names()).to.deep.equal(['tea']);
        expect(world.logger.lines.join()).to.contain('could not be prepared before their commit');
        fs.rmSync(prepared);
      });

      if (database === 'postgres') {
        it('records nothing of a commit that is refused', async () => {
          await world.sequelize.query(
            'ALTER TABLE "Products" ADD CONSTRAINT late UNIQUE (name) DEFERRABLE INITIALLY DEFERRED; ' +
              'ALTER TABLE "Products" DROP CONSTRAINT "Products_name_key"',
          );
          await create('twice');
          expect(await create('twice').catch((error: unknown) => error)).to.be.an('error');
          await until(() => isSettled(world.trail), { what: 'the settlement' });
          expect(await names()).to.deep.equal(['twice']);
        });

        it('records nothing where PostgreSQL answers COMMIT with ROLLBACK', async () => {
          await create('taken');
          await world.sequelize.transaction(async (transaction) => {
            await create('lost', transaction);
            await create('taken', transaction).catch(() => undefined);
          });
          expect(await names()).to.deep.equal(['taken']);
          expectSettled(world.trail);
        });
      }
    });
  }
}

describe('what PostgreSQL knows of a transaction', () => {
  let world: World;
  beforeEach(async () => {
    world = await createWorld('postgres');
  });
  afterEach(() => world.dispose());

  it('is lost with a statement that fails, of which the application must hear', async () => {
    const { sequelize } = world;
    const transaction = await sequelize.transaction();
    const failed = await sequelize.query('SELECT 1/0', { transaction }).catch((error: unknown) => error);
    expect(hasEnded(sequelize, failed)).to.equal(true);
    // What was over before is as it is without audit.
    const late = await takeEvidence(sequelize, transaction, 'a', 'b').catch((error: unknown) => error);
    expect(late).to.be.an('error');
    expect(hasEnded(sequelize, late)).to.equal(false);
    await transaction.rollback();
  });

  it('is its fate, that it still runs, or nothing', async () => {
    const { sequelize } = world;
    const fateOf = (xid: string): Promise<string> =>
      verdictOf(sequelize, { id: 'a', database: 'b', count: 1, xid });
    const transaction = await sequelize.transaction();
    const { xid = '' } = await takeEvidence(sequelize, transaction, 'a', 'b');
    expect(await fateOf(xid)).to.equal('running');
    await transaction.commit();
    expect(await fateOf(xid)).to.equal('committed');
    const undone = await sequelize.transaction();
    const evidence = await takeEvidence(sequelize, undone, 'a', 'b');
    await undone.rollback();
    expect(await fateOf(evidence.xid ?? '')).to.equal('rolled back');
    // Before all that it remembers, and a number that it has not reached.
    expect(await fateOf('3')).to.equal('unknown');
    expect(await fateOf(String(BigInt(xid) + 1_000_000n))).to.equal('unknown');
  });
});

describe('what MySQL knows of a transaction', () => {
  let world: World;
  beforeEach(async () => {
    world = await createWorld('mysql');
  });
  afterEach(() => world.dispose());

  it('is its fate, that it still runs, or nothing', async () => {
    const { sequelize } = world;
    const slot = 'me:1';
    const fateOf = (id: string): Promise<string> =>
      verdictOf(sequelize, { id, database: 'b', count: 1, slot });
    expect(await fateOf('a')).to.equal('unknown');
    await createCommits(sequelize);
    for (const [id, end, fate] of [
      ['a', 'rollback', 'rolled back'],
      ['b', 'commit', 'committed'],
      ['c', 'rollback', 'rolled back'],
      ['d', 'commit', 'committed'],
    ] as const) {
      const transaction = await sequelize.transaction();
      await takeEvidence(sequelize, transaction, id, slot);
      expect(await fateOf(id)).to.equal('running');
      await transaction[end]();
      expect(await fateOf(id)).to.equal(fate);
    }
  });
});

for (const database of ['postgres', 'mysql', 'mariadb'] as const) {
  describe(`a strict model on ${database}, when the answer to COMMIT is lost`, () => {
    for (const [fate, outcome, expected] of [
      ['withhold the answer', 'was committed', ['tea']],
      ['hold back the request', 'was not', []],
    ] as const) {
      it(`finds out by itself that the transaction ${outcome}`, async () => {
        const created = await createDatabase(database === 'postgres' ? 'postgres' : 'mariadb');
        const url = created.url.replace(/^\w+:/, `${database}:`);
        const proxy = await Proxy.to(url);
        const direct = new Sequelize(url, { logging: false });
        const sequelize = new Sequelize(proxy.url(), { logging: false });
        const trail = configureAudit(sequelize, { dir: temporaryFolder() });
        const define = (on: Sequelize): ModelStatic<Model> =>
          on.define('Product', { name: DataTypes.STRING });
        const Product = withAudit(define(sequelize), { durability: 'strict' });
        await trail.migrate();
        await sequelize.sync();

        const said = proxy.catches('COMMIT', fate);
        const creating = Product.create({ name: 'tea' }).catch((error: unknown) => error);
        await said;
        const count = expected.length;
        await until(async () => (await define(direct).count()) === count, { what: 'the row' });
        proxy.reset();
        expect(await creating).to.be.an('error');
        await until(() => isSettled(trail), { what: 'the settlement' });
        const worker = await startAuditWorker({ sequelize, inThread: false });
        await trail.flush({ stored: true });
        expect((await trail.Audit.findAll()).map(({ newValues }) => newValues?.['name'])).to.deep.equal(
          expected,
        );
        await worker.stop();
        await trail.close();
        proxy.close();
        for (const each of [direct, sequelize]) await each.close();
        await created.drop();
      });
    }
  });
}

/** Nothing that is prepared waits for its fate. */
function isSettled({ settings }: AuditTrail): boolean {
  return lanesOf(directoriesOf(settings.dir).prepared).every((lane) => {
    const [checkpoint, end] = [readCheckpoint(lane), endOf(lane)];
    return checkpoint.segment === end.segment && checkpoint.offset === end.offset;
  });
}

function expectSettled(trail: AuditTrail): void {
  expect(isSettled(trail)).to.equal(true);
}
