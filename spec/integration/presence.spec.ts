import os from 'node:os';

import { expect } from 'chai';
import { DataTypes } from 'sequelize';

import { AuditWorker, startAuditWorker, withAudit } from '../../lib';
import type { AuditWorkerHandle } from '../../lib';
import { readStatus } from '../../lib/status/trail-status';
import type { TrailStatus } from '../../lib/status/trail-status';
import { Workers } from '../../lib/storage/workers';
import type { WorkerSign, WorkerState } from '../../lib/storage/workers';
import { until } from '../support/until';
import { createWorld, DATABASES } from '../support/world';
import type { World } from '../support/world';

/** What a worker that has just started says. */
function sign(change: Partial<WorkerSign> = {}): WorkerSign {
  return {
    ...{ id: 'a', host: 'a-host', pid: 7, version: '1.0.0', driver: 'embedded', startedMsAgo: 5_000 },
    ...{ stored: 0, duplicates: 0, rescued: 0, buried: 0, storedPerSecond: null },
    ...{ recoveredMsAgo: null, lastError: null },
    ...change,
  };
}

async function seen(world: World): Promise<WorkerState[]> {
  const { workers } = await readStatus(world.trail);
  expect(workers).to.be.an('array');
  return workers ?? [];
}

function untilSeen(world: World): Promise<WorkerState[]> {
  return until(
    async () => {
      const found = await seen(world);
      return found.length > 0 && found;
    },
    { what: 'a worker to be seen' },
  );
}

/** As if so much time had passed since the workers were seen last. */
function later(world: World, ms: number): Promise<unknown> {
  return world.trail.database.sequelize.query(`UPDATE audit_workers SET seen_at = seen_at - ${ms}`);
}

for (const database of DATABASES) {
  describe(`the presence of workers on ${database}`, () => {
    let world: World;
    beforeEach(async () => {
      world = await createWorld(database);
    });
    afterEach(() => world.dispose());

    for (const inThread of [true, false]) {
      it(`shows a worker ${inThread ? '' : 'not '}in a thread while it runs, and not after its stop`, async () => {
        const worker: AuditWorkerHandle = await startAuditWorker({ sequelize: world.sequelize, inThread });
        const [found] = await untilSeen(world);
        expect(found).to.include({ host: os.hostname(), pid: process.pid, driver: 'embedded', atWork: true });
        expect(found?.version).to.match(/^\d+\.\d+\.\d+/);
        expect(found?.lastError).to.equal(null);
        expect(Date.now() - (found?.startedAt.getTime() ?? 0)).to.be.within(-1_000, 60_000);
        await worker.stop();
        expect(await seen(world)).to.deep.equal([]);
      });
    }

    it('keeps a row a worker, with its latest counts, rate and error', async () => {
      const workers = new Workers(world.trail.database);
      await workers.beat(sign());
      await workers.beat(sign({ id: 'b', startedMsAgo: 90_000 }));
      const lastError = { message: "it's broken: \\ ☕", msAgo: 2_000 };
      const counts = { stored: 5_000_000_000, duplicates: 1, rescued: 2, buried: 3 };
      await workers.beat(sign({ ...counts, storedPerSecond: 12.5, recoveredMsAgo: 1_000, lastError }));
      const [b, a, ...others] = await workers.list();
      expect(others).to.deep.equal([]);
      expect(b).to.include({ id: 'b', stored: 0, storedPerSecond: null, recoveredAt: null, lastError: null });
      expect(a).to.include({ id: 'a', ...counts, storedPerSecond: 12.5, atWork: true });
      expect(a?.lastError?.message).to.equal(lastError.message);
      const passed = (from?: Date | null): number => Number(a?.seenAt) - Number(from);
      expect(passed(a?.startedAt)).to.be.closeTo(5_000, 100);
      expect(passed(a?.lastError?.at)).to.be.closeTo(2_000, 100);
      expect(passed(a?.recoveredAt)).to.be.closeTo(1_000, 100);
      const { rates } = await readStatus(world.trail);
      expect(rates?.storedPerSecond).to.equal(12.5);
      await workers.remove('a');
      expect((await workers.list()).map(({ id }) => id)).to.deep.equal(['b']);
    });

    it('takes one that has not been seen for 30 seconds for silent, and its row away after an hour', async () => {
      await new Workers(world.trail.database).beat(sign({ id: 'killed', storedPerSecond: 3 }));
      await later(world, 31_000);
      const status: TrailStatus = await readStatus(world.trail);
      expect(status.workers?.map(({ id, atWork }) => [id, atWork])).to.deep.equal([['killed', false]]);
      expect(status.rates?.storedPerSecond).to.equal(null);
      await later(world, 3_600_000);
      const worker = new AuditWorker(world.trail);
      await worker.start();
      await until(async () => (await seen(world)).every(({ id }) => id !== 'killed'), {
        what: 'the row of a killed worker to go',
      });
      await worker.stop();
    });

    it('costs a worker nothing where its table is missing: it stores, and only debug tells', async () => {
      const Product = withAudit(world.sequelize.define('Product', { n: DataTypes.INTEGER }));
      await world.sequelize.sync();
      const worker = await world.worker();
      await untilSeen(world);
      await world.trail.database.sequelize.query('ALTER TABLE audit_workers RENAME TO hidden');
      await Product.create({ n: 1 });
      expect(await world.stored()).to.have.length(1);
      await worker.stop();
      const told = world.logger.lines.filter((line) => line.includes('do not see this worker'));
      expect(told).to.have.length.above(0);
      for (const line of told) expect(line).to.match(/^debug /);
      expect(world.logger.lines.filter((line) => /^(warn|error)/.test(line))).to.deep.equal([]);
    });

    it('counts the records of the last minute and hour', async () => {
      const Product = withAudit(world.sequelize.define('Product', { n: DataTypes.INTEGER }));
      await world.sequelize.sync();
      await Product.bulkCreate([{ n: 1 }, { n: 2 }, { n: 3 }]);
      const audits = await world.stored();
      const { dialect, sequelize } = world.trail.database;
      const ago = (ms: number): string => dialect.timestamp(new Date(Date.now() - ms));
      const age = async (id: string | undefined, ms: number): Promise<unknown> =>
        sequelize.query('UPDATE audits SET created_at = :at WHERE id = :id', {
          replacements: { id: id ?? '', at: ago(ms) },
        });
      await age(audits[0]?.id, 30 * 60_000);
      await age(audits[1]?.id, 2 * 3_600_000);
      const { rates } = await readStatus(world.trail);
      expect(rates?.lastMinute).to.deep.equal({ records: 1, exact: true });
      expect(rates?.lastHour).to.deep.equal({ records: 2, exact: true });
    });
  });
}

describe('the presence of a worker', () => {
  it('is told anew every ten seconds: counts, rate, and the last error without the password in it', async () => {
    const world = await createWorld('postgres');
    const { sequelize } = world.trail.database;
    await sequelize.query(`CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF NEW.event = 'created' THEN RETURN NEW; END IF;
        RAISE EXCEPTION 'see postgres://shop:geheim@host/shop';
      END $$`);
    await sequelize.query(
      'CREATE TRIGGER refuse BEFORE INSERT ON audits FOR EACH ROW EXECUTE FUNCTION refuse()',
    );
    const worker = new AuditWorker(world.trail);
    await worker.start();
    await untilSeen(world);
    const Product = withAudit(world.sequelize.define('Product', { n: DataTypes.INTEGER }));
    await world.sequelize.sync();
    const product = await Product.create({ n: 1 });
    await product.update({ n: 2 });
    await worker.drain();
    const found = await until(async () => (await seen(world)).find(({ buried }) => buried === 1), {
      what: 'another sign of life',
      timeoutMs: 20_000,
    });
    expect(found.stored).to.equal(1);
    expect(found.storedPerSecond).to.be.within(0.01, 0.2);
    expect(found.lastError?.message).to.contain('1 record(s) were buried').and.contain('shop:***@host');
    expect(JSON.stringify(found)).to.not.contain('geheim');
    await worker.stop();
    await world.dispose();
  });

  it('is not told in the file of an application on SQLite with driver sync', async () => {
    const world = await createWorld('sqlite', { driver: 'sync' });
    const worker = await world.worker();
    await worker.stop();
    expect(world.logger.lines.filter((line) => line.includes('do not see this worker'))).to.deep.equal([]);
    expect(await seen(world)).to.deep.equal([]);
    await world.dispose();
  });
});
