import fs from 'node:fs';
import path from 'node:path';

import { expect } from 'chai';
import { DataTypes } from 'sequelize';
import type { Model, ModelStatic } from 'sequelize';

import { AuditWorker, withAudit } from '../../lib';
import type { AuditTrail, WorkerStats } from '../../lib';
import { directoriesOf } from '../../lib/buffer/directories';
import { LaneWriter } from '../../lib/buffer/journal/lane-writer';
import { openJournal } from '../../lib/buffer/open';
import { recordLine } from '../support/records';
import { until } from '../support/until';
import { createWorld } from '../support/world';
import type { World } from '../support/world';

/** The equations that the documentation of both counters states. */
function expectToAddUp(trail: AuditTrail, ...workers: WorkerStats[]): void {
  const { captured, journaled, stored, held, dropped } = trail.counters();
  expect(captured, 'captured').to.equal(journaled + stored + held + dropped);
  for (const each of workers) {
    const { claimed, duplicates, rescued, buried, released, inHand } = each;
    expect(claimed, 'claimed').to.equal(each.stored + duplicates + rescued + buried + released + inHand);
  }
}

async function waitingIn({ trail }: World, name: 'rescue' | 'buried'): Promise<number> {
  const source = openJournal(trail.settings, directoriesOf(trail.settings.dir)[name]);
  const { records } = await source.depth();
  await source.close();
  return records;
}

async function shop(world: World): Promise<ModelStatic<Model>> {
  const Product = withAudit(
    world.sequelize.define('Product', { n: DataTypes.INTEGER }, { timestamps: false }),
  );
  await world.sequelize.sync();
  return Product;
}

const rows = (count: number): { n: number }[] => Array.from({ length: count }, (_, n) => ({ n }));

/** Takes the table away, as an outage does, and gives it back. */
const TAKE = 'ALTER TABLE audits RENAME TO elsewhere';
const GIVE = 'ALTER TABLE elsewhere RENAME TO audits';

describe('Counters from capture to table', function () {
  this.timeout(60_000);

  it('add up with poisoned records, duplicates, and a worker that goes in an outage', async () => {
    const world = await createWorld('postgres');
    const Product = await shop(world);
    await world.trail.database.sequelize.query(
      "ALTER TABLE audits ADD CONSTRAINT no_poison CHECK (event <> 'poison')",
    );
    await Product.bulkCreate(rows(300));
    const duplicate = recordLine({});
    const lane = new LaneWriter(directoriesOf(world.dir).journal);
    lane.append([duplicate, recordLine({ event: 'poison' }), recordLine({ event: 'poison' })]);
    lane.append([duplicate]);
    lane.close();
    const first = new AuditWorker(world.trail);
    await first.drain();
    expect(await first.stats()).to.include({
      claimed: 304,
      stored: 301,
      duplicates: 1,
      buried: 2,
      inHand: 0,
    });
    expect((await first.stats()).lagMs).to.be.within(0, 60_000);
    expectToAddUp(world.trail, await first.stats());
    expect(await waitingIn(world, 'buried')).to.equal(2);

    await world.trail.database.sequelize.query(TAKE);
    await Product.bulkCreate(rows(20));
    await until(async () => (await first.stats()).databaseDown, { what: 'the outage to be noticed' });
    expectToAddUp(world.trail, await first.stats());
    expect((await first.stats()).inHand).to.equal(20);
    await first.stop({ graceMs: 0 });
    expect(await first.stats()).to.include({ released: 20, inHand: 0 });
    expectToAddUp(world.trail, await first.stats());

    await world.trail.database.sequelize.query(GIVE);
    const second = new AuditWorker(world.trail);
    await second.drain();
    await second.stop();
    expectToAddUp(world.trail, await first.stats(), await second.stats());
    expect(world.trail.counters()).to.include({ captured: 320, journaled: 320, held: 0, dropped: 0 });
    const inTable = (await first.stats()).stored + (await second.stats()).stored;
    expect(await world.trail.Audit.count())
      .to.equal(inTable)
      .and.to.equal(321);
    await world.dispose();
  });

  it('add up when records are rescued and recovered, some of them to be buried', async () => {
    const world = await createWorld('postgres', { driver: 'redis', rescueAfter: 0 });
    const Product = await shop(world);
    const { sequelize } = world.trail.database;
    await sequelize.query("ALTER TABLE audits ADD CONSTRAINT no_last CHECK (auditable_id <> '50')");
    const worker = new AuditWorker(world.trail);
    await worker.start();
    await sequelize.query(TAKE);
    await Product.bulkCreate(rows(50));
    await until(async () => (await worker.stats()).rescued === 50, { what: 'the rescue', timeoutMs: 20_000 });
    expectToAddUp(world.trail, await worker.stats());
    expect(await waitingIn(world, 'rescue')).to.equal(50);
    await sequelize.query(GIVE);
    await worker.drain();
    const stats = await worker.stats();
    expectToAddUp(world.trail, stats);
    expect(stats).to.include({ rescued: 50, recovered: 49, reburied: 1, buried: 0 });
    expect(stats.rescued).to.equal(stats.recovered + stats.reburied + (await waitingIn(world, 'rescue')));
    expect(await world.trail.Audit.count()).to.equal(49);
    await worker.stop();
    await world.dispose();
  });

  it('add up while the disk takes nothing, and after the trail was closed', async () => {
    const world = await createWorld('sqlite');
    const Product = await shop(world);
    await Product.create({ n: 1 });
    expect(world.trail.counters()).to.include({ captured: 1, journaled: 1 });
    const { journal } = directoriesOf(world.dir);
    await world.trail.close();
    // A file where the directory should be.
    fs.renameSync(journal, path.join(world.folder, 'aside'));
    fs.writeFileSync(journal, '');
    await Product.bulkCreate(rows(10));
    expect(world.trail.counters()).to.include({ captured: 11, journaled: 1, held: 10, dropped: 0 });
    expectToAddUp(world.trail);
    fs.rmSync(journal);
    fs.renameSync(path.join(world.folder, 'aside'), journal);
    await world.trail.flush();
    expect(world.trail.counters()).to.include({ captured: 11, journaled: 11, held: 0, dropped: 0 });
    await world.stored();
    expect(await world.trail.Audit.count()).to.equal(11);
    await world.dispose();
  });

  it('add up with driver sync', async () => {
    const world = await createWorld('mariadb', { driver: 'sync' });
    const Product = await shop(world);
    await Product.bulkCreate(rows(7));
    expect(world.trail.counters()).to.deep.equal({
      captured: 7,
      journaled: 0,
      stored: 7,
      held: 0,
      dropped: 0,
    });
    expect(await world.trail.Audit.count()).to.equal(7);
    await world.dispose();
  });
});
