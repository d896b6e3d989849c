import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';

import { expect } from 'chai';
import { DataTypes } from 'sequelize';

import { runWithAuditContext, snapshotAuditContext, withoutAudit } from '../../lib';
import type { Audit } from '../../lib';
import { storageOf } from '../../lib/storage/database';
import { createWorld } from '../support/world';
import type { World } from '../support/world';

const WORKER = path.join(__dirname, 'children/job.js');

describe('a job that another process does', () => {
  let world: World;
  beforeEach(async () => {
    world = await createWorld('sqlite');
    world.sequelize.define('Item', { name: DataTypes.STRING }, { timestamps: false });
    await world.sequelize.sync();
  });
  afterEach(() => world.dispose());

  /** Sends a job's data as a queue does, as text, and waits until it is done. */
  const done = async (data: object): Promise<Audit[]> => {
    // It stores what the job captured, before the job ends.
    await world.worker();
    const env = {
      ...process.env,
      DATABASE_URL: `sqlite:${storageOf(world.sequelize)}`,
      AUDIT_DIR: world.folder,
    };
    const worker = spawn(process.execPath, [WORKER], { env, stdio: ['pipe', 'inherit', 'inherit'] });
    const ended = once(worker, 'exit');
    worker.stdin.end(JSON.stringify(data));
    expect(await ended).to.deep.equal([0, null]);
    return world.stored();
  };

  it('bears the context in which it was given', async () => {
    const User = world.sequelize.define('Account', {}, { timestamps: false });
    const context = {
      user: () => User.build({ id: 7 }),
      onBehalfOf: { type: 'Customer', id: 8n },
      ...{ ipAddress: '10.0.0.1', userAgent: 'curl', url: '/jobs?token=abc', requestId: 'r1' },
      ...{ tags: ['import'], reason: 'as asked', extra: { rows: 5n, apiKey: 'k' } },
    };

    const data = runWithAuditContext(context, () => ({ name: 'item', audit: snapshotAuditContext() }));

    const audits = await done(data);
    expect(audits.map(({ event }) => event)).to.deep.equal(['created', 'updated']);
    for (const audit of audits) {
      expect(audit).to.deep.include({
        ...{ userType: 'Account', userId: '7', ipAddress: '10.0.0.1', userAgent: 'curl' },
        ...{ url: '/jobs?token=[redacted]', requestId: 'r1', tags: ['import'] },
        context: {
          ...{ rows: 5n, apiKey: '[redacted]' },
          ...{ onBehalfOf: { type: 'Customer', id: '8' }, reason: 'as asked' },
        },
      });
    }
  });

  it('is done without a context where it came with none, or with what is none', async () => {
    await done({ name: 'first' });
    const audits = await done({ name: 'second', audit: 'damaged' });

    expect(audits).to.have.length(4);
    for (const audit of audits) expect(audit).to.include({ userId: null, url: null, context: null });
  });

  it('leaves no trace where it was given without audit', async () => {
    const audit = withoutAudit(snapshotAuditContext);

    expect(await done({ name: 'item', audit })).to.deep.equal([]);
  });
});
