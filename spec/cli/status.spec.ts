import fs from 'node:fs';
import path from 'node:path';

import { expect } from 'chai';

import { directoriesOf } from '../../lib/buffer/directories';
import { Batch } from '../../lib/record/batch';
import { encodeLine } from '../../lib/record/wire';
import { Tasks } from '../../lib/storage/tasks';
import { DiskStore } from '../../lib/worker/disk-store';
import { createDatabase } from '../support/servers';
import { audit, auditJson, startOnTerminal } from './command';
import {
  applicationFolder,
  keepUnconfirmed,
  onTrail,
  record,
  recordChanges,
  rescue,
  store,
  write,
} from './shop';

const SHOP = ['--url', 'sqlite:shop.sqlite'];
const COLOUR = '\u001b[';

interface Status {
  database: { name: string; reachable: boolean; error: string | null };
  migrations: { executed: string[]; pending: string[] } | null;
  buffer: {
    records: number | null;
    bytes: number | null;
    exact: boolean | null;
    error: string | null;
  } | null;
  stored: { records: number; exact: boolean; oldest: string; newest: string } | null;
  tasks: { name: string; lastRunAt: string | null; nextRunAt: string | null }[] | null;
  rescue: { records: number };
  buried: { records: number };
  unconfirmed: { records: number };
  damaged: { file: string; bytes: number }[];
  oldestWaiting: { createdAt: string; seconds: number } | null;
}

/** Something of everything: 2 stored, 3 waiting, 2 rescued, 1 buried, one damaged file, a task. */
async function busyFolder(): Promise<string> {
  const cwd = applicationFolder();
  await store(cwd, [record(3), record()]);
  await recordChanges(cwd, 3);
  rescue(cwd, [record(), record()]);
  const buried = new DiskStore(directoriesOf(path.join(cwd, '.audit', 'sqlite-shop')).buried);
  buried.put(Batch.fromLines([encodeLine(record())]), 'too long');
  buried.endLane();
  keepUnconfirmed(cwd, [record()]);
  write(cwd, { '.audit/sqlite-shop/damaged/a-lane.damaged': 'what?' });
  const nextRunAt = new Date('2031-01-01T03:00:00Z');
  await onTrail(cwd, (database) =>
    new Tasks(database, 'a').runExclusively('prune', nextRunAt, () => Promise.resolve()),
  );
  return cwd;
}

describe('audit status', () => {
  it('tells programs all there is to know', async () => {
    const cwd = await busyFolder();
    const { status, document } = await auditJson<Status>(['status', ...SHOP], { cwd });
    expect(status).to.equal(0);
    expect(document).to.have.all.keys(
      ...['database', 'migrations', 'driver', 'directory', 'buffer'],
      ...['journal', 'journalLimit', 'rescue', 'buried', 'prepared', 'unconfirmed', 'damaged'],
      ...['oldestWaiting', 'stored', 'tasks'],
    );
    expect(document.database).to.include({ reachable: true, error: null });
    expect(document.migrations?.pending).to.deep.equal([]);
    expect(document.buffer).to.include({ records: 3, exact: true, error: null });
    expect(document.stored).to.include({ records: 2, exact: true });
    const { oldest = '', newest = '' } = document.stored ?? {};
    expect(Date.parse(newest) - Date.parse(oldest)).to.be.closeTo(3 * 86_400_000, 60_000);
    expect(document.rescue.records).to.equal(2);
    expect(document.buried.records).to.equal(1);
    expect(document.unconfirmed.records).to.equal(1);
    expect(document.damaged).to.deep.equal([{ file: 'a-lane.damaged', bytes: 5 }]);
    expect(document.tasks).to.have.length(1);
    expect(document.tasks?.[0]).to.include({ name: 'prune', nextRunAt: '2031-01-01T03:00:00.000Z' });
  });

  it('tells how old the oldest record is that is not stored yet, wherever it waits', async () => {
    const cwd = applicationFolder();
    const nothing = await auditJson<Status>(['status', ...SHOP], { cwd });
    expect(nothing.document.oldestWaiting).to.equal(null);
    await recordChanges(cwd, 1);
    const fresh = await auditJson<Status>(['status', ...SHOP], { cwd });
    expect(fresh.document.oldestWaiting?.seconds).to.be.within(0, 60);
    rescue(cwd, [{ ...record(), id: '01900000-0000-7000-8000-000000000000' }]);
    const { document } = await auditJson<Status>(['status', ...SHOP], { cwd });
    expect(document.oldestWaiting?.createdAt).to.equal(new Date(0x0190_0000_0000).toISOString());
    const { stdout } = await audit(['status', ...SHOP], { cwd });
    expect(stdout).to.match(/oldest waiting.*2024.* seconds ago/);
  });

  it('tells people the same in a table', async () => {
    const cwd = await busyFolder();
    const { status, stdout } = await audit(['status', ...SHOP], { cwd });
    expect(status).to.equal(0);
    expect(stdout).to.not.contain(COLOUR);
    const rows = [
      /migrations.*up to date/,
      /stored.*2 records/,
      /waiting.*3 records/,
      /rescue files.*2 records/,
    ];
    for (const row of [
      ...rows,
      /buried.*1 record/,
      /unconfirmed.*1 record; see "audit recover --unconfirmed"/,
      /damaged.*a-lane.damaged \(5 bytes\)/,
      /task prune.*next 2031/,
    ])
      expect(stdout).to.match(row);
  });

  it('uses colours on a terminal, unless NO_COLOR is set', async () => {
    const cwd = await busyFolder();
    const coloured = await startOnTerminal(['status', ...SHOP], { cwd }).result;
    expect(coloured.status).to.equal(0);
    expect(coloured.stdout).to.contain(COLOUR);
    const plain = await startOnTerminal(['status', ...SHOP], { cwd, env: { NO_COLOR: '1' } }).result;
    expect(plain.stdout).to.contain('up to date').and.not.contain(COLOUR);
  });

  it('shows the rest when the database is down, and exits with 1', async () => {
    const cwd = await busyFolder();
    fs.cpSync(path.join(cwd, '.audit/sqlite-shop'), path.join(cwd, '.audit/postgres-shop'), {
      recursive: true,
    });
    const args = ['status', '--url', 'postgres://shop:geheim@127.0.0.1:1/shop'];
    const { status, document, stderr } = await auditJson<Status>(args, { cwd });
    expect(status).to.equal(1);
    expect(stderr).to.equal('');
    expect(document.database.reachable).to.equal(false);
    expect(document.database.error).to.contain('ECONNREFUSED');
    expect(document).to.include({ migrations: null, stored: null, tasks: null });
    expect(document.buffer?.records).to.equal(3);
    expect(document.damaged).to.have.length(1);
    const { stdout } = await audit(args, { cwd });
    expect(stdout)
      .to.match(/down: .*ECONNREFUSED/)
      .and.match(/waiting.*3 records/);
  });

  it('says why the buffer cannot be read when Redis is down, and exits with 1', async () => {
    const args = ['status', ...SHOP, '--redis', 'redis://127.0.0.1:1'];
    const { status, document } = await auditJson<Status>(args, { cwd: applicationFolder() });
    expect(status).to.equal(1);
    expect(document.buffer).to.deep.include({ records: null, bytes: null, exact: null });
    expect(document.buffer?.error).to.contain('ECONNREFUSED');
  });

  it('tells that migrations are pending', async () => {
    const { status, document } = await auditJson<Status>(['status', ...SHOP], { cwd: applicationFolder() });
    expect(status).to.equal(0);
    expect(document.migrations?.pending).to.have.length(3);
    expect(document.stored).to.equal(null);
  });

  it('has no buffer with driver sync', async () => {
    const { document } = await auditJson<Status>(['status', '--driver', 'sync', ...SHOP], {
      cwd: applicationFolder(),
    });
    expect(document.buffer).to.equal(null);
  });

  it('counts large tables only so far, on PostgreSQL', async () => {
    const database = await createDatabase('postgres');
    try {
      const cwd = applicationFolder();
      const url = ['--url', database.url];
      await audit(['migrate', ...url], { cwd });
      const { Client } = await import('pg');
      const client = new Client({ connectionString: database.url });
      await client.connect();
      await client.query(`INSERT INTO audits (id, event, created_at, schema_version)
        SELECT gen_random_uuid(), 'created', now(), 1 FROM generate_series(1, 100001)`);
      await client.end();
      const { document } = await auditJson<Status>(['status', ...url], { cwd });
      expect(document.stored).to.include({ records: 100_000, exact: false });
      expect((await audit(['status', ...url], { cwd })).stdout).to.contain('more than 100,000 records');
    } finally {
      await database.drop();
    }
  });
});
