import fs from 'node:fs';
import path from 'node:path';

import { expect } from 'chai';
import { Sequelize } from 'sequelize';

import { directoriesOf } from '../../lib/buffer/directories';
import { Batch } from '../../lib/record/batch';
import type { AuditRecord } from '../../lib/record/record';
import { encodeLine } from '../../lib/record/wire';
import { DiskStore } from '../../lib/worker/disk-store';
import { createDatabase } from '../support/servers';
import { until } from '../support/until';
import { audit, auditJson, start, startOnTerminal } from './command';
import { applicationFolder, countStored, onTrail, record } from './shop';

const SHOP = ['--url', 'sqlite:shop.sqlite'];

interface Listed {
  buried: { id: string; buriedAt: string; reason: string; model: string; key: string; event: string }[];
}

function buriedDirectory(folder: string, trail = 'sqlite-shop'): string {
  return directoriesOf(path.join(folder, '.audit', trail)).buried;
}

/** Buries records as a worker does, each with its reason. */
function bury(
  folder: string,
  records: readonly AuditRecord[],
  reason = 'too long',
  trail?: string,
): DiskStore {
  const store = new DiskStore(buriedDirectory(folder, trail));
  for (const each of records) store.put(Batch.fromLines([encodeLine(each)]), new Error(reason));
  return store;
}

const poison = (): AuditRecord => ({ ...record(), event: 'poison' });

/** From now on the table refuses records of this event. */
async function refusePoison(folder: string): Promise<void> {
  await onTrail(folder, ({ sequelize }) =>
    sequelize.query(`CREATE TRIGGER no_poison BEFORE INSERT ON audits WHEN NEW.event = 'poison'
      BEGIN SELECT RAISE(ABORT, 'no poison here'); END`),
  );
}

async function allowPoison(folder: string): Promise<void> {
  await onTrail(folder, ({ sequelize }) => sequelize.query('DROP TRIGGER no_poison'));
}

async function list(cwd: string): Promise<Listed['buried']> {
  return (await auditJson<Listed>(['recover', '--buried', ...SHOP], { cwd })).document.buried;
}

function retry(cwd: string): ReturnType<typeof auditJson<Record<string, number>>> {
  return auditJson<Record<string, number>>(['recover', '--buried', '--retry', ...SHOP], { cwd });
}

describe('audit recover --buried', () => {
  it('lists what is buried and why, and changes nothing', async () => {
    const cwd = applicationFolder();
    const records = [record(), { ...record(), auditableId: 'a\u001b[31mb' }];
    bury(cwd, records, 'value too long\nfor type').endLane();
    const listed = await list(cwd);
    expect(listed.map(({ id }) => id)).to.deep.equal(records.map(({ id }) => id));
    expect(listed[0]).to.include({ model: 'Product', key: '1', event: 'created' });
    expect(listed[0]).to.include({ reason: 'value too long for type' });
    expect(Date.parse(listed[0]!.buriedAt)).to.be.closeTo(Date.now(), 60_000);
    const { status, stdout } = await audit(['recover', '--buried', ...SHOP], { cwd });
    expect(status).to.equal(0);
    expect(stdout).to.match(/Product.*1.*created.*value too long for type/);
    expect(stdout).to.not.contain('\u001b[31m');
    expect(await list(cwd)).to.deep.equal(listed);
    const nothing = await audit(['recover', '--buried', ...SHOP], { cwd: applicationFolder() });
    expect(nothing.stdout).to.contain('Nothing is buried.');
  });

  it('lists what a newer release wrote, as far as it can be known', async () => {
    const cwd = applicationFolder();
    const store = new DiskStore(buriedDirectory(cwd));
    const { id } = record();
    store.put(new Batch(Buffer.from(`${id}\tsomething\telse\n`), 1, 99), 'wire version 99');
    store.endLane();
    expect(await list(cwd)).to.have.length(1);
    expect((await list(cwd))[0]).to.include({ id, model: null, reason: 'wire version 99' });
  });

  it('stores what the table takes now; the rest stays buried once, with the newest reason', async () => {
    const cwd = applicationFolder();
    await refusePoison(cwd);
    const poisons = [poison(), poison()];
    bury(cwd, [record(), poisons[0]!, record(), poisons[1]!, record()], 'an old reason').endLane();
    const first = await retry(cwd);
    expect(first.status).to.equal(1);
    expect(first.document).to.deep.equal({ stored: 3, duplicates: 0, refused: 2, left: 2 });
    expect(await countStored(cwd)).to.equal(3);
    const left = await list(cwd);
    expect(left.map(({ id }) => id)).to.deep.equal(poisons.map(({ id }) => id));
    for (const { reason } of left) expect(reason).to.contain('no poison here');
    const again = await retry(cwd);
    expect(again.document).to.deep.equal({ stored: 0, duplicates: 0, refused: 2, left: 2 });

    await allowPoison(cwd);
    const { status, stdout } = await audit(['recover', '--buried', '--retry', ...SHOP], { cwd });
    expect(status).to.equal(0);
    expect(stdout).to.contain('Stored 2 records');
    expect(await countStored(cwd)).to.equal(5);
    expect(fs.readdirSync(buriedDirectory(cwd))).to.deep.equal([]);
  });

  it('leaves a lane alone while a worker writes to it, and still lists it', async () => {
    const cwd = applicationFolder();
    await refusePoison(cwd);
    const store = bury(cwd, [record()]);
    expect(await list(cwd)).to.have.length(1);
    const running = await audit(['recover', '--buried', '--retry', ...SHOP], { cwd });
    expect(running.status).to.equal(1);
    expect(running.stdout).to.contain('Not tried: 1 record.');
    store.endLane();
    expect((await retry(cwd)).document).to.include({ stored: 1, left: 0 });
  });

  it('counts nothing twice after a retry that was killed at its very end', async () => {
    const cwd = applicationFolder();
    await refusePoison(cwd);
    bury(cwd, [record(), poison()]).endLane();
    const lane = path.join(buriedDirectory(cwd), fs.readdirSync(buriedDirectory(cwd))[0]!);
    const replaced = fs.readFileSync(path.join(lane, '0000000001.journal'));
    await retry(cwd);
    // Killed before it removed what it had replaced, and while it made the next replacement.
    fs.writeFileSync(path.join(lane, '0000000001.journal'), replaced);
    fs.mkdirSync(path.join(lane, 'retry'));
    expect(await list(cwd)).to.have.length(1);
    expect((await retry(cwd)).document).to.deep.equal({ stored: 0, duplicates: 0, refused: 1, left: 1 });
    // Killed when the checkpoint stood at a replacement that was not there yet.
    fs.writeFileSync(path.join(lane, 'checkpoint'), `${'9'.padStart(10, '0')} ${'0'.repeat(15)}\n`);
    expect(await list(cwd)).to.have.length(1);
    await allowPoison(cwd);
    expect((await retry(cwd)).document).to.deep.equal({ stored: 1, duplicates: 0, refused: 0, left: 0 });
  });

  it('exits with 1 while the database is down or not migrated, and keeps all', async () => {
    const cwd = applicationFolder();
    bury(cwd, [record()]).endLane();
    bury(cwd, [record()], 'too long', 'postgres-shop').endLane();
    const url = ['--url', 'postgres://shop@127.0.0.1:1/shop'];
    const down = await audit(['recover', '--buried', '--retry', ...url], { cwd });
    expect(down.status).to.equal(1);
    expect(down.stderr).to.contain('cannot be reached').and.contain('What is buried remains.');
    const missing = await retry(cwd);
    expect(missing.status).to.equal(1);
    expect(missing.stderr).to.contain('[AUDIT_NOT_MIGRATED]');
    expect(await list(cwd)).to.have.length(1);
    expect((await audit(['recover', '--retry', ...SHOP], { cwd })).status).to.equal(2);
  });

  it('asks nothing on a terminal, and shows how far it is', async () => {
    const cwd = applicationFolder();
    await refusePoison(cwd);
    bury(cwd, [record(), record()]).endLane();
    const { status, stdout } = await startOnTerminal(['recover', '--buried', '--retry', ...SHOP], { cwd })
      .result;
    expect(status).to.equal(0);
    expect(stdout)
      .to.match(/Trying again .*2\/2/)
      .and.contain('Stored 2 records');
  });

  it('may be killed again and again, and run twice at once: each record is stored once', async function () {
    this.timeout(60_000);
    const database = await createDatabase('postgres');
    const cwd = applicationFolder();
    const url = ['--url', database.url];
    const env = { AUDIT_BATCH_SIZE: '2' };
    await audit(['migrate', ...url], { cwd });
    const sequelize = new Sequelize(database.url, { logging: false });
    await sequelize.query("ALTER TABLE audits ADD CONSTRAINT no_poison CHECK (event <> 'poison')");
    const count = async (): Promise<number> => {
      const [rows] = await sequelize.query('SELECT COUNT(*)::int AS n FROM audits');
      return (rows[0] as { n: number }).n;
    };
    const name = `postgres-${sequelize.config.database}`;
    const all: AuditRecord[] = [];
    for (let lane = 0; lane < 3; lane++) {
      const records = Array.from({ length: 50 }, (_, n) => (n % 3 === 0 ? poison() : record()));
      all.push(...records);
      bury(cwd, records, 'an old reason', name).endLane();
    }
    for (const target of [1, 40, 80]) {
      const { child, result } = start(['recover', '--buried', '--retry', ...url], { cwd, env });
      await until(async () => child.exitCode !== null || (await count()) >= target, {
        what: `${target} records`,
        intervalMs: 1,
      });
      child.kill('SIGKILL');
      await result;
    }
    const two = await Promise.all(
      [1, 2].map(() => audit(['recover', '--buried', '--retry', ...url], { cwd })),
    );
    expect(two.map(({ status }) => status)).to.deep.equal([1, 1]);
    const { document } = await auditJson<Listed>(['recover', '--buried', ...url], { cwd });
    const poisons = all.filter(({ event }) => event === 'poison');
    expect(document.buried.map(({ id }) => id)).to.have.members(poisons.map(({ id }) => id));
    expect(await count()).to.equal(all.length - poisons.length);
    await sequelize.query('ALTER TABLE audits DROP CONSTRAINT no_poison');
    expect((await audit(['recover', '--buried', '--retry', ...url], { cwd })).status).to.equal(0);
    expect(await count()).to.equal(all.length);
    await sequelize.close();
    await database.drop();
  });
});
