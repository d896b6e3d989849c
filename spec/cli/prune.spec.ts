import { expect } from 'chai';

import { Tasks } from '../../lib/storage/tasks';
import { until } from '../support/until';
import { audit, auditJson, start } from './command';
import { applicationFolder, countStored, onTrail, record, store } from './shop';

const SHOP = ['--url', 'sqlite:shop.sqlite'];

interface Pruned {
  days: number;
  dryRun: boolean;
  pruned: number;
  remaining: number;
}

describe('audit prune', () => {
  it('counts with --dry-run, and deletes without', async () => {
    const cwd = applicationFolder();
    await store(cwd, [record(100), record(91), record(89), record()]);
    const dry = await auditJson<Pruned>(['prune', '--dry-run', ...SHOP], { cwd });
    expect(dry.document).to.include({ days: 90, dryRun: true, pruned: 0, remaining: 2 });
    expect(await countStored(cwd)).to.equal(4);
    const { status, document } = await auditJson<Pruned>(['prune', ...SHOP], { cwd });
    expect(status).to.equal(0);
    expect(document).to.include({ days: 90, dryRun: false, pruned: 2, remaining: 0 });
    expect(await countStored(cwd)).to.equal(2);
  });

  it('takes the days from --days, else from the settings', async () => {
    const cwd = applicationFolder();
    await store(cwd, [record(100), record(50), record(10)]);
    const surroundings = { cwd, env: { AUDIT_PRUNE_DAYS: '70' } };
    const dry = ['prune', '--dry-run', ...SHOP];
    expect((await audit(dry, surroundings)).stdout).to.match(/^1 record older than 70 days/);
    expect((await audit([...dry, '--days', '20'], surroundings)).stdout).to.match(
      /^2 records older than 20 days/,
    );
  });

  it('keeps everything with 0 days, and says so', async () => {
    const cwd = applicationFolder();
    await store(cwd, [record(10_000)]);
    const { status, stdout } = await audit(['prune', '--days', '0', ...SHOP], { cwd });
    expect(status).to.equal(0);
    expect(stdout).to.contain('kept for ever');
    expect(await countStored(cwd)).to.equal(1);
  });

  it('leaves the schedule of the workers as it is', async () => {
    const cwd = applicationFolder();
    const nextRunAt = new Date('2031-01-01T03:00:00Z');
    await onTrail(cwd, (database) =>
      new Tasks(database, 'a').runExclusively('prune', nextRunAt, () => Promise.resolve()),
    );
    expect((await audit(['prune', ...SHOP], { cwd })).status).to.equal(0);
    const [task] = await onTrail(cwd, (database) => new Tasks(database, 'a').states());
    expect(task).to.deep.include({ name: 'prune', nextRunAt });
  });

  it('does not run while another replica prunes', async () => {
    const cwd = applicationFolder();
    await store(cwd, [record(100)]);
    await onTrail(cwd, (database) =>
      new Tasks(database, 'a worker').runExclusively('prune', null, async () => {
        const { status, stderr } = await audit(['prune', ...SHOP], { cwd });
        expect(status).to.equal(1);
        expect(stderr).to.contain('Another replica prunes now');
      }),
    );
    expect(await countStored(cwd)).to.equal(1);
  });

  it('stops between batches at SIGINT', async () => {
    const cwd = applicationFolder();
    const total = 40_000;
    await store(
      cwd,
      Array.from({ length: total }, () => record(100)),
    );
    const running = start(['prune', ...SHOP, '--json'], { cwd });
    await until(async () => (await countStored(cwd)) < total, { what: 'the first batch to be deleted' });
    running.child.kill('SIGINT');
    const { status, stdout } = await running.result;
    const { pruned, remaining } = JSON.parse(stdout) as Pruned;
    expect(status).to.equal(1);
    expect(pruned + remaining).to.equal(total);
    expect(await countStored(cwd)).to.equal(remaining);
  });
});
