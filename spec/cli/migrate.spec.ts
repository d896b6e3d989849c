import { expect } from 'chai';

import { createDatabase } from '../support/servers';
import { audit, auditJson, startOnTerminal } from './command';
import { applicationFolder, countStored, record, store } from './shop';

const SHOP = ['--url', 'sqlite:shop.sqlite'];
const ALL = ['0001-audits', '0002-audit-tasks', '0003-audit-indexes'];

describe('audit migrate', () => {
  it('makes the tables, and says when there is nothing to do', async () => {
    const cwd = applicationFolder();
    const first = await audit(['migrate', ...SHOP], { cwd });
    expect(first.status).to.equal(0);
    for (const name of ALL) expect(first.stdout).to.contain(name);
    const second = await auditJson<object>(['migrate', 'up', ...SHOP], { cwd });
    expect(second.document).to.deep.equal({ migrated: [] });
  });

  it('tells the state of each migration', async () => {
    const cwd = applicationFolder();
    const before = await auditJson<object>(['migrate', 'status', ...SHOP], { cwd });
    expect(before.document).to.deep.equal({ executed: [], pending: ALL });
    await audit(['migrate', ...SHOP], { cwd });
    const { status, stdout } = await audit(['migrate', 'status', ...SHOP], { cwd });
    expect(status).to.equal(0);
    for (const name of ALL) expect(stdout).to.match(new RegExp(`${name}.*executed`));
  });

  it('runs twice at once on PostgreSQL, each migration once', async () => {
    const database = await createDatabase('postgres');
    try {
      const args = ['migrate', '--url', database.url];
      const surroundings = { cwd: applicationFolder() };
      const runs = [1, 2, 3].map(() => auditJson<{ migrated: string[] }>(args, surroundings));
      const results = await Promise.all(runs);
      expect(results.map(({ status }) => status)).to.deep.equal([0, 0, 0]);
      expect(results.flatMap(({ document }) => document.migrated).sort()).to.deep.equal(ALL);
    } finally {
      await database.drop();
    }
  });

  it('takes back the latest, or all of them, with --yes', async () => {
    const cwd = applicationFolder();
    await audit(['migrate', ...SHOP], { cwd });
    const latest = await auditJson<object>(['migrate', 'down', '--yes', ...SHOP], { cwd });
    expect(latest.document).to.deep.equal({ reverted: ['0003-audit-indexes'] });
    await audit(['migrate', ...SHOP], { cwd });
    const all = await auditJson<object>(['migrate', 'down', '--all', '--yes', ...SHOP], { cwd });
    expect(all.document).to.deep.equal({ reverted: [...ALL].reverse() });
    const none = await audit(['migrate', 'down', ...SHOP], { cwd });
    expect(none.status).to.equal(0);
    expect(none.stdout).to.contain('Nothing to take back');
  });

  it('drops nothing unasked: without a terminal it wants --yes', async () => {
    const cwd = applicationFolder();
    await store(cwd, [record()]);
    const { status, stderr } = await audit(['migrate', 'down', '--all', ...SHOP], { cwd });
    expect(status).to.equal(2);
    expect(stderr).to.contain('0001-audits').and.contain('--yes');
    expect(await countStored(cwd)).to.equal(1);
  });

  it('asks on a terminal, and does what is answered', async () => {
    const cwd = applicationFolder();
    await store(cwd, [record()]);
    const answer = async (word: string): Promise<number | null> => {
      const running = startOnTerminal(['migrate', 'down', '--all', ...SHOP], { cwd });
      await running.says(/Go on\? \[y\/N\]/);
      running.child.stdin.write(`${word}\n`);
      return (await running.result).status;
    };
    expect(await answer('n')).to.equal(1);
    expect(await countStored(cwd)).to.equal(1);
    expect(await answer('y')).to.equal(0);
    expect((await auditJson<object>(['migrate', 'status', ...SHOP], { cwd })).document).to.deep.include({
      executed: [],
    });
  });
});
