import { AsyncLocalStorage } from 'node:async_hooks';

import { expect } from 'chai';
import { DataTypes, Sequelize } from 'sequelize';
import type { Model, ModelStatic, Transaction } from 'sequelize';
import sinon from 'sinon';

import { configureAudit, recordAudit, withAudit } from '../../lib';
import { connectionOptionsOf } from '../../lib/storage/database';
import { PendingRecords } from '../../lib/trail/pending-records';
import { createWorld, DATABASES } from '../support/world';
import type { World } from '../support/world';

/** Each transaction in which Sequelize's own afterCommit would tell a lie, over every database. */
for (const database of DATABASES) {
  describe(`commit gate on ${database}`, () => {
    let world: World;
    let Product: ModelStatic<Model>;
    const create = (name: string, transaction?: Transaction | null): Promise<Model> =>
      Product.create({ name }, { ...(transaction === undefined ? {} : { transaction }) });
    const names = async (): Promise<unknown[]> =>
      (await world.stored()).map(({ newValues }) => newValues?.['name']);

    beforeEach(async () => {
      world = await createWorld(database);
      Product = withAudit(
        world.sequelize.define('Product', { name: { type: DataTypes.STRING, unique: true } }),
      );
      await world.sequelize.sync();
    });
    afterEach(() => world.dispose());

    it('keeps nothing of an unmanaged transaction until it is committed', async () => {
      const transaction = await world.sequelize.transaction();
      await create('a', transaction);
      const others = database === 'sqlite' ? [] : ['b'];
      for (const other of others) await create(other);
      expect(await names()).to.deep.equal(others);
      await transaction.commit();
      expect((await names()).sort()).to.deep.equal(['a', ...others].sort());
    });

    // SQLite's driver does not keep to the order in which statements are sent.
    if (database !== 'sqlite') {
      it('keeps what nobody has waited for before the COMMIT, and nothing of it before a ROLLBACK', async () => {
        const end = async (name: string, how: 'commit' | 'rollback'): Promise<void> => {
          const transaction = await world.sequelize.transaction();
          let writing: Promise<unknown> = Promise.resolve();
          await new Promise<void>((sent) => {
            const logging = (): void => void setImmediate(sent);
            writing = Product.create({ name }, { transaction, logging });
          });
          await Promise.all([transaction[how](), writing]);
        };
        await end('committed', 'commit');
        await end('undone', 'rollback');
        expect(await names()).to.deep.equal(['committed']);
        expect(await Product.count()).to.equal(1);
      });
    }

    it('drops what a savepoint undoes although its own commit was called', async () => {
      await world.sequelize
        .transaction(async (transaction) => {
          const savepoint = await world.sequelize.transaction({ transaction });
          await create('inside', savepoint);
          await savepoint.commit();
          throw new Error('the parent fails');
        })
        .catch(() => undefined);
      expect(await names()).to.deep.equal([]);
    });

    it('drops what siblings wrote since a savepoint that is rolled back', async () => {
      await world.sequelize.transaction(async (transaction) => {
        await create('before', transaction);
        const savepoint = await world.sequelize.transaction({ transaction });
        await create('inside', savepoint);
        await create('by the parent', transaction);
        await savepoint.rollback();
        await create('after', transaction);
      });
      expect(await names()).to.deep.equal(['before', 'after']);
      expect(await Product.count()).to.equal(2);
    });

    it('follows nested savepoints', async () => {
      await world.sequelize.transaction(async (transaction) => {
        const outer = await world.sequelize.transaction({ transaction });
        await create('outer', outer);
        const inner = await world.sequelize.transaction({ transaction: outer });
        await create('inner', inner);
        await inner.rollback();
        await create('outer again', outer);
        await outer.commit();
      });
      expect(await names()).to.deep.equal(['outer', 'outer again']);
    });

    it('keeps transactions apart that run at the same time', async function () {
      const run = async (name: string, fails: boolean): Promise<void> => {
        await world.sequelize.transaction(async (transaction) => {
          await create(`${name}-1`, transaction);
          await create(`${name}-2`, transaction);
          if (fails) throw new Error('undo');
        });
      };
      // SQLite has one writer: there they can only follow each other.
      const runs = Array.from(
        { length: 10 },
        (_, index) => () => run(`t${index}`, index % 2 === 1).catch(() => undefined),
      );
      if (database === 'sqlite') for (const one of runs) await one();
      else await Promise.all(runs.map((one) => one()));
      const rows = await Product.findAll();
      expect((await names()).sort()).to.deep.equal(rows.map((row) => row.get('name') as string).sort());
      expect(rows).to.have.length(10);
    });

    it('does not let a failed statement leave a record', async () => {
      await create('a');
      await create('a').catch(() => undefined);
      expect(await names()).to.deep.equal(['a']);
    });

    it('lets go of the records of a transaction, and of their file, once they are delivered', async () => {
      const discard = sinon.spy(PendingRecords.prototype, 'discard');
      try {
        await world.sequelize.transaction((transaction) => create('a', transaction));
        expect(discard.callCount).to.equal(1);
      } finally {
        discard.restore();
      }
      expect(await names()).to.deep.equal(['a']);
    });

    it('records events of the application with the transaction they belong to', async () => {
      await world.sequelize
        .transaction(async (transaction) => {
          await recordAudit({ event: 'undone', target: Product, transaction });
          throw new Error('undo');
        })
        .catch(() => undefined);
      await world.sequelize.transaction((transaction) =>
        recordAudit({ event: 'done', target: Product, transaction }),
      );
      expect((await world.stored()).map(({ event }) => event)).to.deep.equal(['done']);
    });

    it('follows the transaction of CLS', async () => {
      const cls = new Namespace();
      Sequelize.useCLS(cls);
      try {
        const application = new Sequelize({ ...connectionOptionsOf(world.sequelize), logging: false });
        const trail = configureAudit(application, { dir: world.folder });
        const Note = withAudit(application.define('Note', { name: DataTypes.STRING }));
        await application.sync();
        await application.transaction(() => Note.create({ name: 'kept' }));
        await application
          .transaction(async () => {
            await Note.create({ name: 'undone' });
            throw new Error('undo');
          })
          .catch(() => undefined);
        await world.worker();
        await trail.flush({ stored: true });
        expect(await names()).to.deep.equal(['kept']);
        await trail.close();
        await application.close();
      } finally {
        delete (Sequelize as unknown as { _cls?: unknown })._cls;
      }
    });

    if (database === 'postgres') {
      it('sees that PostgreSQL answers COMMIT with ROLLBACK', async () => {
        await create('taken');
        await world.sequelize.transaction(async (transaction) => {
          await create('lost', transaction);
          // The error is swallowed, but PostgreSQL has given the transaction up.
          await create('taken', transaction).catch(() => undefined);
        });
        expect(await Product.count()).to.equal(1);
        expect(await names()).to.deep.equal(['taken']);
      });

      it('keeps nothing when COMMIT itself fails', async () => {
        await world.sequelize.query(
          'ALTER TABLE "Products" ADD CONSTRAINT late UNIQUE (name) DEFERRABLE INITIALLY DEFERRED; ' +
            'ALTER TABLE "Products" DROP CONSTRAINT "Products_name_key"',
        );
        await create('twice');
        const error = await world.sequelize
          .transaction((transaction) => create('twice', transaction))
          .then(
            () => undefined,
            (reason: unknown) => reason,
          );
        expect(error).to.be.an('error');
        expect(await names()).to.deep.equal(['twice']);
      });
    }

    if (database === 'mysql' || database === 'mariadb') {
      it('drops everything when a deadlock inside a savepoint ends the transaction', async () => {
        const [first, second] = await Promise.all([create('one'), create('two')]);
        await names();
        const attempts = [
          [first, second],
          [second, first],
        ].map(async ([a, b], index) => {
          await world.sequelize.transaction(async (transaction) => {
            await create(`written by ${index}`, transaction);
            await a?.update({ name: `${index}-a` }, { transaction });
            await bothAreHere();
            const savepoint = await world.sequelize.transaction({ transaction });
            await b?.update({ name: `${index}-b` }, { transaction: savepoint });
            await savepoint.commit();
          });
        });
        const outcomes = await Promise.allSettled(attempts);
        expect(outcomes.filter(({ status }) => status === 'rejected')).to.have.length(1);
        const rows = (await Product.findAll()).map((row) => row.get('name') as string);
        const written = (await names()).filter((name) => String(name).startsWith('written'));
        expect(written).to.deep.equal(rows.filter((name) => name.startsWith('written')));
        expect(written).to.have.length(1);
      });
    }
  });
}

/** Resolves for both when both have called it. */
const bothAreHere = barrier(2);

function barrier(size: number): () => Promise<void> {
  let waiting: (() => void)[] = [];
  return () =>
    new Promise((resolve) => {
      waiting.push(resolve);
      if (waiting.length < size) return;
      for (const release of waiting) release();
      waiting = [];
    });
}

/** What Sequelize needs of cls-hooked, on Node's own storage. */
class Namespace {
  private readonly storage = new AsyncLocalStorage<Map<string, unknown>>();
  bind<T>(work: T): T {
    return work;
  }
  get(key: string): unknown {
    return this.storage.getStore()?.get(key);
  }
  set(key: string, value: unknown): void {
    this.storage.getStore()?.set(key, value);
  }
  run(work: (context: unknown) => void): void {
    this.storage.run(new Map(), () => work({}));
  }
  runPromise<T>(work: () => Promise<T>): Promise<T> {
    return this.storage.run(new Map(), work);
  }
}
