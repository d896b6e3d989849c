import path from 'node:path';

import { expect } from 'chai';

import { directoriesOf } from '../../lib/buffer/directories';
import { lanesOf } from '../../lib/buffer/journal/lane';
import { audit, auditJson, startOnTerminal } from './command';
import { applicationFolder, countStored, keepUnconfirmed, record, rescue } from './shop';

const SHOP = ['--url', 'sqlite:shop.sqlite'];

describe('audit recover', () => {
  it('stores the records of rescue files once, and removes the files', async () => {
    const cwd = applicationFolder();
    await audit(['migrate', ...SHOP], { cwd });
    const records = Array.from({ length: 5 }, () => record());
    rescue(cwd, records);
    rescue(cwd, records.slice(0, 2));
    const first = await auditJson<object>(['recover', ...SHOP], { cwd });
    expect(first.status).to.equal(0);
    expect(first.document).to.deep.equal({ recovered: 5, duplicates: 2, buried: 0, left: 0 });
    expect(await countStored(cwd)).to.equal(5);
    const second = await audit(['recover', ...SHOP], { cwd });
    expect(second.status).to.equal(0);
    expect(second.stdout).to.contain('nothing to recover');
  });

  it('exits with 1 while the database is down or not migrated, and the files remain', async () => {
    const cwd = applicationFolder();
    rescue(cwd, [record(), record()]);
    rescue(cwd, [record()], 'postgres-shop');
    const down = await audit(['recover', '--url', 'postgres://shop@127.0.0.1:1/shop'], { cwd });
    expect(down.status).to.equal(1);
    expect(down.stderr).to.contain('cannot be reached').and.contain('The rescue files remain.');
    const missing = await audit(['recover', ...SHOP], { cwd });
    expect(missing.status).to.equal(1);
    expect(missing.stderr).to.contain('[AUDIT_NOT_MIGRATED]');
    await audit(['migrate', ...SHOP], { cwd });
    const { document } = await auditJson<object>(['recover', ...SHOP], { cwd });
    expect(document).to.include({ recovered: 2, left: 0 });
  });

  it('lists unconfirmed records, and hands them to a worker when told to', async () => {
    const cwd = applicationFolder();
    keepUnconfirmed(cwd, [record(), record()]);
    const listed = await auditJson<{ records: number; unconfirmed: object[] }>(
      ['recover', '--unconfirmed', ...SHOP],
      { cwd },
    );
    expect(listed.document.records).to.equal(2);
    expect(listed.document.unconfirmed[0]).to.include({
      event: 'created',
      auditableType: 'Product',
      auditableId: '1',
      newValues: '{"name":"a product"}',
    });
    const shown = await audit(['recover', '--unconfirmed', 'list', ...SHOP], { cwd });
    expect(shown.stdout).to.contain('created Product 1').and.contain('nobody knows');
    const accepted = await auditJson<object>(['recover', '--unconfirmed', 'accept', ...SHOP], { cwd });
    expect(accepted.document).to.deep.equal({ accepted: 2 });
    const { journal, unconfirmed } = directoriesOf(path.join(cwd, '.audit/sqlite-shop'));
    expect(lanesOf(journal)).to.have.length(1);
    expect(lanesOf(unconfirmed)).to.have.length(0);
  });

  it('deletes unconfirmed records when told to, and does nothing that it does not understand', async () => {
    const cwd = applicationFolder();
    keepUnconfirmed(cwd, [record()]);
    const wrong = await audit(['recover', '--unconfirmed', 'perhaps', ...SHOP], { cwd });
    expect(wrong.status).to.equal(2);
    const discarded = await auditJson<object>(['recover', '--unconfirmed', 'discard', ...SHOP], { cwd });
    expect(discarded.document).to.deep.equal({ discarded: 1 });
  });

  it('shows on a terminal how far it is', async () => {
    const cwd = applicationFolder();
    await audit(['migrate', ...SHOP], { cwd });
    const records = Array.from({ length: 250 }, () => record());
    rescue(cwd, records);
    const env = { AUDIT_BATCH_SIZE: '100' };
    const { status, stdout } = await startOnTerminal(['recover', ...SHOP], { cwd, env }).result;
    expect(status).to.equal(0);
    expect(stdout)
      .to.match(/Recovering .*█.* 250\/250/)
      .and.contain('Stored 250 records');
  });
});
