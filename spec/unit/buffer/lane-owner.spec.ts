import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';

import { expect } from 'chai';

import { JournalSource } from '../../../lib/buffer/journal/journal-source';
import { OWNER_FILE, writerOf } from '../../../lib/buffer/journal/lane';
import { LaneWriter } from '../../../lib/buffer/journal/lane-writer';
import { processIdentity } from '../../../lib/buffer/journal/process-identity';
import { recordLine } from '../../support/records';
import { temporaryFolder } from '../../support/servers';
import { until } from '../../support/until';

describe('The owner of a lane', () => {
  let writer: LaneWriter;
  const ownerFile = (): string => path.join(writer.directory, OWNER_FILE);
  const lastSeen = (secondsAgo: number): void => {
    const then = new Date(Date.now() - secondsAgo * 1000);
    fs.utimesSync(ownerFile(), then, then);
  };

  beforeEach(() => {
    writer = new LaneWriter(path.join(temporaryFolder(), 'journal'));
    writer.append([recordLine({})]);
  });
  afterEach(() => writer.close());

  it('is open while its process lives, and closed when it says so', () => {
    expect(writerOf(writer.directory)).to.equal('open');
    lastSeen(90_000);
    expect(writerOf(writer.directory)).to.equal('open');
    writer.close();
    expect(writerOf(writer.directory)).to.equal('closed');
  });

  it('is dead when its process has ended, and nobody has asked how', async () => {
    // The shell starts a child, and becomes a program that never asks.
    const parent = spawn('sh', ['-c', 'sleep 0 & echo $!; exec sleep 60'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const [told] = (await once(parent.stdout, 'data')) as [Buffer];
    const identity = { ...processIdentity(), started: undefined, pid: Number(told.toString()) };
    fs.writeFileSync(ownerFile(), JSON.stringify(identity));
    await until(() => writerOf(writer.directory) === 'dead', { what: 'the child to have ended' });
    parent.kill('SIGKILL');
  });

  it('is dead when its process is gone', () => {
    fs.writeFileSync(ownerFile(), JSON.stringify({ ...processIdentity(), started: '1' }));
    expect(writerOf(writer.directory)).to.equal('dead');
  });

  it('of another container is silent after half a minute, and dead after a day', () => {
    fs.writeFileSync(ownerFile(), JSON.stringify({ ...processIdentity(), namespace: 'pid:[1]' }));
    expect(writerOf(writer.directory)).to.equal('open');
    lastSeen(40);
    expect(writerOf(writer.directory)).to.equal('silent');
    lastSeen(90_000);
    expect(writerOf(writer.directory)).to.equal('dead');
  });

  it('whose name is lost is silent and dead like one that cannot be asked', () => {
    fs.writeFileSync(ownerFile(), '');
    lastSeen(40);
    expect(writerOf(writer.directory)).to.equal('silent');
    lastSeen(90_000);
    expect(writerOf(writer.directory)).to.equal('dead');
  });

  it('finds a checkpoint that lies beyond the end not worth believing', async () => {
    fs.writeFileSync(path.join(writer.directory, 'checkpoint'), '9999999999 999999999999999\n');
    const journal = path.dirname(writer.directory);
    const source = new JournalSource(journal, { onDamage: () => expect.fail('no damage') });
    expect((await source.claim(10, 1_000))?.batch.count).to.equal(1);
    await source.close();
  });

  it('makes the lane anew when someone removes it underneath', async () => {
    const journal = path.dirname(writer.directory);
    fs.rmSync(journal, { recursive: true });
    // The look at the file is taken ten times a second.
    await until(
      () => {
        writer.append([recordLine({ event: 'again' })]);
        return fs.existsSync(writer.directory);
      },
      { what: 'the lane to be there again' },
    );
    const source = new JournalSource(journal, { onDamage: () => expect.fail('no damage') });
    const claim = await source.claim(10, 1_000);
    expect(claim?.batch.rows()[0]?.[1]).to.equal('again');
    await source.close();
  });
});
