import fs from 'node:fs';
import path from 'node:path';

import { expect } from 'chai';

import { Lease } from '../../../lib/buffer/journal/lease';
import { processIdentity } from '../../../lib/buffer/journal/process-identity';
import { temporaryFolder } from '../../support/servers';
import { Child } from '../helpers/child';

describe('A lease', () => {
  let folder: string;
  let file: string;
  const leases: Lease[] = [];

  beforeEach(() => {
    folder = temporaryFolder();
    file = path.join(folder, 'lease');
  });

  afterEach(() => {
    Child.killAll();
    for (const lease of leases.splice(0)) lease.release();
  });

  const acquire = (): Lease | undefined => {
    const lease = Lease.acquire(file);
    if (lease) leases.push(lease);
    return lease;
  };
  const age = (seconds: number): void => {
    const then = new Date(Date.now() - seconds * 1000);
    fs.utimesSync(file, then, then);
  };

  it('is had by one at a time, and can be had again after its release', () => {
    const lease = acquire();

    expect(lease?.isHeld()).to.equal(true);
    expect(acquire()).to.equal(undefined);
    lease?.release();
    expect(lease?.isHeld()).to.equal(false);
    expect(acquire()?.isHeld()).to.equal(true);
  });

  it('can be released twice, and does not take the lease of the next one with it', () => {
    const lease = acquire();
    lease?.release();
    const next = acquire();

    lease?.release();

    expect(next?.isHeld()).to.equal(true);
  });

  it('cannot be had where its directory is gone', () => {
    fs.rmSync(folder, { recursive: true });

    expect(acquire()).to.equal(undefined);
  });

  it('of another process is respected while that lives, and void as soon as it is killed', async () => {
    const child = Child.start('lease', [file]);
    expect(await child.message<boolean>()).to.equal(true);
    expect(acquire()).to.equal(undefined);

    await child.kill();

    expect(acquire()?.isHeld()).to.equal(true);
  });

  it('without a heartbeat for its time is void, whoever owns it', () => {
    const first = acquire();
    age(29);
    expect(acquire()).to.equal(undefined);
    age(31);

    expect(acquire()?.isHeld()).to.equal(true);
    expect(first?.isHeld()).to.equal(false);
  });

  it('of another host or container counts until its heartbeat is too old', () => {
    for (const owner of [{ host: 'other' }, { namespace: 'pid:[1]' }]) {
      fs.writeFileSync(file, JSON.stringify({ ...processIdentity(), pid: 1, ...owner, token: 't' }));
      expect(acquire()).to.equal(undefined);
      age(31);

      acquire()?.release();
      expect(fs.existsSync(file)).to.equal(false);
    }
  });

  it('that was half written is void after its time', () => {
    fs.writeFileSync(file, '{"pid":');
    expect(acquire()).to.equal(undefined);
    age(31);

    expect(acquire()?.isHeld()).to.equal(true);
  });

  it('leaves no other files behind', async () => {
    const child = Child.start('lease', [file]);
    await child.message();
    await child.kill();
    acquire()?.release();

    expect(fs.readdirSync(folder)).to.deep.equal([]);
  });
});
