import fs from 'node:fs';
import path from 'node:path';

import { expect } from 'chai';
import { QueryTypes } from 'sequelize';

import { Batch } from '../../../lib/record/batch';
import { BatchWriter } from '../../../lib/storage/batch-writer';
import { Database, openUrl } from '../../../lib/storage/database';
import { Migrator } from '../../../lib/storage/migrator';
import { recordLine } from '../../support/records';
import { temporaryFolder } from '../../support/servers';

describe('The writer to a SQLite file', () => {
  let folder: string;
  let file: string;
  let database: Database;
  const opened: Database[] = [];
  const open = (): Database => {
    const next = new Database(openUrl(`sqlite:${file}`), true);
    opened.push(next);
    return next;
  };
  const write = (count = 1): Promise<unknown> =>
    new BatchWriter(database).write(Batch.fromLines(Array.from({ length: count }, () => recordLine({}))));
  const failureOf = (writing: Promise<unknown>): Promise<unknown> =>
    writing.then(
      () => undefined,
      (error: unknown) => error,
    );
  const stored = async (): Promise<number> => {
    const sql = 'SELECT count(*) AS count FROM audits';
    const [row] = await open().sequelize.query<{ count: number }>(sql, { type: QueryTypes.SELECT });
    return row!.count;
  };

  beforeEach(async () => {
    folder = temporaryFolder();
    file = path.join(folder, 'audits.sqlite');
    database = open();
    await new Migrator(database).up();
  });
  afterEach(async () => {
    for (const each of opened.splice(0)) await each.close();
  });

  it('stores a batch of more records than are prepared at a time', async () => {
    expect(await write(1_234)).to.deep.equal({ inserted: 1_234, duplicates: 0 });
    expect(await stored()).to.equal(1_234);
  });

  it('goes on in a file that has taken the place of the one that it had open', async () => {
    await write();
    for (const name of fs.readdirSync(folder)) fs.rmSync(path.join(folder, name));
    await new Migrator(open()).up();
    await write();
    expect(await stored()).to.equal(1);
  });

  it('fails, rather than writing to a file that is no more', async () => {
    await write();
    for (const name of fs.readdirSync(folder)) fs.rmSync(path.join(folder, name));
    expect(database.dialect.isMissingTable(await failureOf(write()))).to.equal(true);
    await new Migrator(open()).up();
    await write();
    expect(await stored()).to.equal(1);
  });

  it('goes on where the file could not be opened for a time', async () => {
    fs.renameSync(file, `${file}.away`);
    fs.mkdirSync(file);
    expect(database.dialect.isRefusal(await failureOf(write()))).to.equal(true);
    fs.rmdirSync(file);
    fs.renameSync(`${file}.away`, file);
    await write();
    expect(await stored()).to.equal(1);
  });

  it('fails, and ends nobody, where the file is closed while it waits for another writer', async function () {
    this.timeout(30_000);
    const batch = Batch.fromLines([recordLine({})]);
    const prepared = await database.dialect.prepare(batch);
    await open().transaction(async () => {
      let isSent = (): void => undefined;
      const sent = new Promise<void>((resolve) => (isSent = resolve));
      const writing = failureOf(database.write(prepared, isSent));
      await sent;
      opened.splice(opened.indexOf(database), 1);
      await database.close();
      expect(await writing).to.match(/closed/);
    });
  });

  it('waits longer for another writer than SQLite does by itself', async function () {
    this.timeout(30_000);
    const batch = Batch.fromLines([recordLine({})]);
    const prepared = await database.dialect.prepare(batch);
    let attempts = 0;
    let isSecond = (): void => undefined;
    const second = new Promise<void>((resolve) => (isSecond = resolve));
    const writing = await open().transaction(async () => {
      const result = database.write(
        (connection, sent) => {
          if (++attempts === 2) isSecond();
          return prepared(connection, sent);
        },
        () => undefined,
      );
      await second;
      return { result };
    });
    expect(await writing.result).to.deep.equal({ inserted: 1, duplicates: 0 });
  });

  it('goes on where its WAL was deleted, or the file was emptied', async () => {
    await write();
    fs.rmSync(`${file}-wal`);
    await write();
    expect(await stored()).to.equal(2);

    fs.truncateSync(file);
    await failureOf(stored());
    expect(await failureOf(write())).to.be.instanceOf(Error);
  });

  it('takes readers on the same instance along to the file that has taken the place', async () => {
    await write(2);
    const count = (): Promise<{ count: number }[]> =>
      database.sequelize.query('SELECT count(*) AS count FROM audits', { type: QueryTypes.SELECT });
    expect(await count()).to.deep.equal([{ count: 2 }]);
    for (const name of fs.readdirSync(folder)) fs.rmSync(path.join(folder, name));
    await new Migrator(open()).up();
    await write();
    expect(await count()).to.deep.equal([{ count: 1 }]);
  });

  it('is the only one, whatever the number of connections', () => {
    expect(database.writers(16)).to.equal(1);
  });
});
