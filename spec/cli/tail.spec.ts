import { expect } from 'chai';

import { lowestIdAt } from '../../lib/record/id-time';
import { Proxy } from '../support/proxy';
import { until } from '../support/until';
import { audit, start } from './command';
import type { Running } from './command';
import { change, newTrail } from './trails';
import type { Trail } from './trails';

/** Until it has looked at the table once, which is when a record that is stored now must appear. */
async function storedUntilSeen(running: Running, trail: Trail): Promise<void> {
  let count = 0;
  await until(
    async () => {
      if (running.said.stdout.includes('Marker')) return true;
      await trail.store([change({ auditableType: 'Marker', auditableId: `${count++}` })]);
      return false;
    },
    { what: 'a record in the tail', intervalMs: 300, timeoutMs: 20_000 },
  );
}

for (const name of ['sqlite', 'postgres'] as const) {
  describe(`audit tail on ${name}`, () => {
    let trail: Trail;
    beforeEach(async () => {
      trail = await newTrail(name);
      await trail.store([change({ auditableId: 'old' })]);
    });
    afterEach(() => trail.drop());

    it('shows what another process stores from now on, each record once, and ends with 0 at Ctrl+C', async () => {
      const running = start(['tail', '--oneline', ...trail.at], trail);
      await storedUntilSeen(running, trail);
      // Captured before the last one, and stored later.
      const late = change({ auditableType: 'Late', id: lowestIdAt(Date.now() - 30_000) });
      await trail.store([late, change({ auditableType: 'Fresh' })]);
      await running.says(/Fresh 1/);
      await running.says(/Late 1/);
      await trail.store([change({ auditableType: 'Last' })]);
      await running.says(/Last 1/);
      running.child.kill('SIGINT');
      const { status, stdout } = await running.result;
      expect(status).to.equal(0);
      expect(stdout.match(/Late 1/g)).to.have.lengthOf(1);
      expect(stdout).not.to.match(/Product old/);
    });

    it('begins earlier with --since, filters, and writes a document a line with --json', async () => {
      const args = ['tail', 'Product', '--since', '1h', '--json', ...trail.at];
      const running = start(args, trail);
      await running.says(/"auditableId":"old"/);
      await trail.store([change({ auditableType: 'Order' }), change({ auditableId: 'new' })]);
      await running.says(/"auditableId":"new"/);
      running.child.kill('SIGTERM');
      const { stdout } = await running.result;
      const documents = stdout
        .trimEnd()
        .split('\n')
        .map((text) => JSON.parse(text) as { auditableId: string });
      expect(documents.map(({ auditableId }) => auditableId)).to.deep.equal(['old', 'new']);
    });

    it('hints at a model that may be meant', async () => {
      const running = start(['tail', 'Prodct', ...trail.at], trail);
      await running.says(/nothing of a model "Prodct" yet\. Did you mean "Product"\?/);
      running.child.kill('SIGINT');
      expect((await running.result).status).to.equal(0);
    });
  });
}

describe('audit tail', () => {
  it('waits for a database that is away, says so once, and goes on', async () => {
    const trail = await newTrail('postgres');
    const proxy = await Proxy.to(trail.at[1]!);
    const running = start(['tail', '--oneline', '--url', proxy.url()], trail);
    await storedUntilSeen(running, trail);
    proxy.treat('refuse');
    await running.says(/Waiting for it\./);
    await trail.store([change({ auditableType: 'Meanwhile' })]);
    proxy.treat('pass');
    await running.says(/Meanwhile 1[^]*The database is back\.|The database is back\.[^]*Meanwhile 1/);
    running.child.kill('SIGINT');
    const { status, stderr } = await running.result;
    expect(status).to.equal(0);
    expect(stderr.match(/Waiting for it\./g)).to.have.lengthOf(1);
    proxy.close();
    await trail.drop();
  });

  it('exits with 1 for a database that is not there at the beginning, and with 2 for --until', async () => {
    const trail = await newTrail('sqlite');
    const away = await audit(['tail', '--url', 'postgres://shop@127.0.0.1:1/shop'], trail);
    expect(away.status).to.equal(1);
    expect(away.stderr).to.contain('[AUDIT_DATABASE]');
    await trail.store([change()]);
    expect((await audit(['tail', '--until', '1h', ...trail.at], trail)).status).to.equal(2);
  });
});
