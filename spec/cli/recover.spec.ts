import { expect } from 'chai';

import { audit, auditJson, startOnTerminal } from './command';
import { applicationFolder, countStored, record, rescue } from './shop';

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
