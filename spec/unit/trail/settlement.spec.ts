import fs from 'node:fs';
import path from 'node:path';

import { expect } from 'chai';
import { Sequelize } from 'sequelize';

import { directoriesOf } from '../../../lib/buffer/directories';
import { lanesOf, readCheckpoint, segmentPath, segmentsOf } from '../../../lib/buffer/journal/lane';
import { LaneReader } from '../../../lib/buffer/journal/lane-reader';
import { resolveSettings } from '../../../lib/config';
import type { Settings } from '../../../lib/config';
import { COLUMNS, decodeLine } from '../../../lib/record/wire';
import { createCommits, takeEvidence } from '../../../lib/trail/strict/evidence';
import { PreparedLane } from '../../../lib/trail/strict/prepared-lane';
import type { PreparedTransaction } from '../../../lib/trail/strict/prepared-transaction';
import { parseRemark, remarkOf } from '../../../lib/trail/strict/prepared-transaction';
import { databaseNameOf, Settlement } from '../../../lib/trail/strict/settlement';
import { decideUnconfirmed, readUnconfirmed } from '../../../lib/trail/strict/unconfirmed';
import { ChangeEncoder, stamped } from '../../../lib/trail/change';
import { contextFields } from '../../../lib/context/scope';
import { temporaryFolder } from '../../support/servers';
import { MemoryLogger } from '../../support/world';

describe('The settlement of prepared records', () => {
  let sequelize: Sequelize;
  let settings: Settings;
  let logger: MemoryLogger;
  let made = 0;

  beforeEach(() => {
    const folder = temporaryFolder();
    logger = new MemoryLogger();
    sequelize = new Sequelize({
      dialect: 'sqlite',
      storage: path.join(folder, 'shop.sqlite'),
      logging: false,
    });
    settings = resolveSettings({ dir: path.join(folder, 'audit'), logger }, {});
  });
  afterEach(() => sequelize.close());

  const directories = (): ReturnType<typeof directoriesOf> => directoriesOf(settings.dir);
  const settle = (): Promise<object> => new Settlement(sequelize, settings).run();
  /** A process that has prepared transactions, by their names, and is gone. */
  const prepare = (transactions: Record<string, Partial<PreparedTransaction>>, records = 1): string => {
    const lane = newLane();
    for (const [name, transaction] of Object.entries(transactions)) {
      const lines = Array.from({ length: records }, () => line(name));
      lane.append(
        { id: `${name}-${++made}`, database: databaseNameOf(sequelize), count: records, ...transaction },
        { count: records, batches: () => [lines] },
      );
    }
    lane.close();
    return lanesOf(directories().prepared).at(-1) as string;
  };
  const newLane = (isSafe = (): boolean => true): PreparedLane =>
    new PreparedLane(directories().prepared, isSafe, () => undefined, 'never');
  /** A transaction that leaves its evidence, and ends so. */
  const run = async (slot: string, id: string, end: 'commit' | 'rollback'): Promise<void> => {
    const transaction = await sequelize.transaction();
    await takeEvidence(sequelize, transaction, id, slot);
    await transaction[end]();
  };
  const namesIn = (directory: string): string[] => lanesOf(directory).flatMap((lane) => namesOf(lane));

  it('does nothing where nothing is prepared', async () => {
    expect(await settle()).to.deep.equal({ committed: 0, rolledBack: 0, unconfirmed: 0 });
    expect(fs.existsSync(settings.dir)).to.equal(false);
  });

  it('puts into the journal what was committed, and nothing else', async () => {
    await run('me:1', 'first', 'commit');
    await run('me:2', 'second', 'rollback');
    prepare({
      committed: { id: 'first', slot: 'me:1' },
      'rolled back': { id: 'second', slot: 'me:2' },
      overwritten: { id: 'zeroth', slot: 'me:1' },
    });
    expect(await settle()).to.deep.equal({ committed: 1, rolledBack: 2, unconfirmed: 0 });
    expect(namesIn(directories().journal)).to.deep.equal(['committed']);
    expect(lanesOf(directories().prepared)).to.deep.equal([]);
    expect(await settle()).to.deep.equal({ committed: 0, rolledBack: 0, unconfirmed: 0 });
  });

  it('does not take an empty file for the database in which everything was rolled back', async () => {
    prepare({ untold: { slot: 'me:1' } });
    expect(await settle()).to.deep.equal({ committed: 0, rolledBack: 0, unconfirmed: 1 });
  });

  it('takes what never left evidence for rolled back only where it would have', async () => {
    await sequelize.query('CREATE TABLE products (id INTEGER)');
    prepare({ 'rolled back': { slot: 'me:1' }, untold: {} });
    expect(await settle()).to.deep.equal({ committed: 0, rolledBack: 1, unconfirmed: 1 });
    expect(namesIn(directories().unconfirmed)).to.deep.equal(['untold']);
  });

  it('forgets what the process has left in the database', async () => {
    await createCommits(sequelize);
    const lane = newLane();
    await run(`${lane.id}:1`, 'a', 'commit');
    await run('another:1', 'b', 'commit');
    lane.append(
      { id: 'a', database: databaseNameOf(sequelize), count: 1, slot: `${lane.id}:1` },
      { count: 1, batches: () => [[line('a')]] },
    );
    lane.close();
    await settle();
    const [rows] = await sequelize.query('SELECT slot FROM audit_commits');
    expect(rows).to.deep.equal([{ slot: 'another:1' }]);
  });

  it('settles a transaction of many records as one', async () => {
    await run('me:1', 'many', 'commit');
    prepare({ many: { id: 'many', slot: 'me:1' } }, 2_500);
    expect(await settle()).to.deep.equal({ committed: 2_500, rolledBack: 0, unconfirmed: 0 });
    expect(namesIn(directories().journal)).to.have.length(2_500);
  });

  it('begins where the process had settled all before', async () => {
    const lane = newLane();
    const open = ['a', 'b', 'c'].map((name) =>
      lane.append(
        { id: name, database: databaseNameOf(sequelize), count: 1 },
        { count: 1, batches: () => [[line(name)]] },
      ),
    );
    for (const entry of [open[1]!, open[0]!]) lane.settle(entry);
    lane.close();
    await settle();
    expect(namesIn(directories().unconfirmed)).to.deep.equal(['c']);
  });

  it('takes nothing for settled while its records are only in memory', () => {
    let isSafe = false;
    const lane = newLane(() => isSafe);
    const [a, b] = ['a', 'b'].map((name) =>
      lane.append(
        { id: name, database: databaseNameOf(sequelize), count: 1 },
        { count: 1, batches: () => [[line(name)]] },
      ),
    );
    const directory = lanesOf(directories().prepared)[0] as string;
    lane.settle(a!);
    expect(namesOf(directory)).to.deep.equal(['a', 'b']);
    isSafe = true;
    lane.settle(b!);
    expect(namesOf(directory)).to.deep.equal([]);
    lane.close();
  });

  it('leaves alone what a living process prepares, and what belongs to another database', async () => {
    const living = newLane();
    living.append(
      { id: 'a', database: databaseNameOf(sequelize), count: 1 },
      { count: 1, batches: () => [[line('living')]] },
    );
    prepare({ other: { database: 'postgres-elsewhere' } });
    expect(await settle()).to.deep.equal({ committed: 0, rolledBack: 0, unconfirmed: 0 });
    expect(lanesOf(directories().prepared)).to.have.length(2);
    living.close();
  });

  it('keeps as unconfirmed what follows a damaged remark', async () => {
    await run('me:1', 'first', 'commit');
    const lane = prepare({
      committed: { id: 'first', slot: 'me:1' },
      damaged: { id: 'second', slot: 'me:2' },
    });
    const file = segmentPath(lane, segmentsOf(lane)[0] as number);
    const bytes = fs.readFileSync(file);
    bytes[bytes.indexOf('me:2') + 3] = 0x31;
    fs.writeFileSync(file, bytes);
    expect(await settle()).to.deep.equal({ committed: 1, rolledBack: 0, unconfirmed: 1 });
    expect(namesIn(directories().unconfirmed)).to.deep.equal(['damaged']);
  });

  it('takes no records for those of a transaction whose remark is gone as a whole', async () => {
    await run('me:1', 'first', 'commit');
    const lane = prepare({ committed: { id: 'first', slot: 'me:1' }, lost: {} });
    const file = segmentPath(lane, segmentsOf(lane)[0] as number);
    const bytes = fs.readFileSync(file);
    bytes[bytes.lastIndexOf('# transaction')] = 0x58;
    fs.writeFileSync(file, bytes);
    expect(await settle()).to.deep.equal({ committed: 1, rolledBack: 0, unconfirmed: 1 });
    expect(namesIn(directories().unconfirmed)).to.deep.equal(['lost']);
  });

  it('tries again later where the database cannot be asked', async () => {
    prepare({ waiting: { slot: 'me:1' } });
    const notAFolder = path.join(settings.dir, 'file');
    fs.writeFileSync(notAFolder, '');
    const down = new Sequelize({
      dialect: 'sqlite',
      storage: path.join(notAFolder, 'shop.sqlite'),
      logging: false,
    });
    expect(await new Settlement(down, settings).run()).to.deep.equal({
      committed: 0, rolledBack: 0, unconfirmed: 0,
    }); // prettier-ignore
    expect(logger.lines.join()).to.contain('cannot be settled yet');
    expect(lanesOf(directories().prepared)).to.have.length(1);
  });

  it('lists what is unconfirmed with the reason, and does what a person decides', async () => {
    prepare({ untold: {} }, 2);
    await settle();
    const [found] = [...readUnconfirmed(settings)];
    expect(found?.reason).to.contain('cannot tell whether it was committed');
    expect(found?.batch.count).to.equal(2);
    expect(decideUnconfirmed(settings, 'accept')).to.equal(2);
    expect(namesIn(directories().journal)).to.deep.equal(['untold', 'untold']);
    expect(contextsIn(directories().journal)).to.deep.equal([
      { unconfirmed: true, reason: 'a "test"\n' },
      { unconfirmed: true, reason: 'a "test"\n' },
    ]);
    prepare({ 'another untold': {} });
    await settle();
    expect(decideUnconfirmed(settings, 'discard')).to.equal(1);
    expect(namesIn(directories().journal)).to.have.length(2);
    expect([...readUnconfirmed(settings)]).to.deep.equal([]);
    expect(decideUnconfirmed(settings, 'accept')).to.equal(0);
  });

  it('believes no remark whose checksum is wrong', () => {
    const transaction = { id: 'a', database: 'postgres-shop', count: 1, xid: '700' };
    expect(parseRemark(`# ${remarkOf(transaction)}`)).to.deep.equal(transaction);
    expect(parseRemark(`# ${remarkOf(transaction).replace('700', '701')}`)).to.equal(undefined);
  });
});

function line(name: string): string {
  const encoder = new ChangeEncoder({ ...contextFields(), context: { reason: 'a "test"\n' } }, null);
  const [only] = stamped([
    encoder.encode({
      event: 'created',
      auditableType: 'Product',
      auditableId: name,
      oldValues: null,
      newValues: { name },
    }),
  ]);
  return String(only);
}

function rowsOf(lane: string): (string | null)[][] {
  const reader = new LaneReader(lane, readCheckpoint(lane), () => undefined);
  reader.markFinal();
  const rows: (string | null)[][] = [];
  for (let stretch = reader.read(1000); stretch; stretch = reader.read(1000)) {
    rows.push(...stretch.batch.lines.toString('utf8').trimEnd().split('\n').map(decodeLine));
  }
  reader.close();
  return rows;
}

function namesOf(lane: string): string[] {
  return rowsOf(lane).map((row) => row[COLUMNS.indexOf('auditable_id')] as string);
}

function contextsIn(directory: string): unknown[] {
  return lanesOf(directory)
    .flatMap(rowsOf)
    .map((row) => JSON.parse(row[COLUMNS.indexOf('context')] as string) as unknown);
}
