import fs from 'node:fs';
import path from 'node:path';

import { expect } from 'chai';
import sinon from 'sinon';

import { Journal } from '../../../lib/buffer/journal/journal';
import { lanesOf, segmentsOf } from '../../../lib/buffer/journal/lane';
import { LaneWriter } from '../../../lib/buffer/journal/lane-writer';
import type { LaneWriterOptions } from '../../../lib/buffer/journal/lane-writer';
import { openDriver } from '../../../lib/buffer/open';
import { resolveSettings } from '../../../lib/config';
import { temporaryFolder } from '../../support/servers';
import { until } from '../../support/until';
import { readLane } from '../helpers/lanes';
import { MemoryLogger } from '../helpers/logger';
import { lines } from '../helpers/records';

type Callback = (error: Error | null) => void;

/** Nothing but a power cut shows what was brought to disk: the calls are watched instead. */
describe('The journal is brought to disk', () => {
  let directory: string;
  let writer: LaneWriter;
  let clock: sinon.SinonFakeTimers;
  let atOnce: sinon.SinonSpy;
  let later: sinon.SinonStub;

  beforeEach(() => {
    directory = path.join(temporaryFolder(), 'a', 'journal');
    clock = sinon.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    atOnce = sinon.spy(fs, 'fdatasyncSync');
    later = sinon.stub(fs, 'fdatasync').callThrough();
  });

  afterEach(() => {
    sinon.restore();
    writer.close();
  });

  const open = (options: LaneWriterOptions): LaneWriter => (writer = new LaneWriter(directory, options));
  /** The directories that are brought to disk by an append. */
  const directoriesSynced = (append: () => void): string[] => {
    const opened = sinon.spy(fs, 'openSync');
    const synced = sinon.spy(fs, 'fsyncSync');
    append();
    const read = opened.getCalls().filter(({ args }) => args[1] === 'r');
    expect(synced.getCalls().map(({ args }) => args[0])).to.deep.equal(read.map((call) => call.returnValue));
    opened.restore();
    synced.restore();
    return read.map(({ args }) => String(args[0]));
  };

  describe('never', () => {
    it('by us, if nothing else is asked for', () => {
      open({});
      writer.append(lines(1));
      clock.tick(10_000);
      writer.close();

      expect([atOnce.callCount, later.callCount]).to.deep.equal([0, 0]);
    });
  });

  it('as the option says', async () => {
    open({});
    for (const [fsync, calls] of [
      ['never', 0],
      ['always', 1],
    ] as const) {
      const settings = resolveSettings({ dir: path.dirname(directory), fsync, logLevel: 'silent' }, {});
      const driver = openDriver(settings, () => expect.fail('no database'));
      atOnce.resetHistory();

      void driver.deliver(lines(3));

      expect(atOnce.callCount, fsync).to.equal(calls);
      await driver.close();
    }
  });

  describe('always', () => {
    it('before an append returns', () => {
      open({ fsync: 'always' });
      for (let i = 1; i <= 3; i++) {
        writer.append(lines(2));
        expect(atOnce.callCount).to.equal(i);
      }
      expect(later.callCount).to.equal(0);
    });

    it('with every directory that is new, up to one that is not', () => {
      open({ fsync: 'always', segmentBytes: 1 });
      const parent = path.dirname(directory);

      expect(directoriesSynced(() => writer.append(lines(1)))).to.have.members([
        path.dirname(parent),
        parent,
        directory,
        writer.directory,
      ]);
      expect(directoriesSynced(() => writer.append(lines(1)))).to.deep.equal([writer.directory]);
    });

    it('or it fails, and a new segment takes the records', () => {
      open({ fsync: 'always' });
      const given = lines(2);
      writer.append(given.slice(0, 1));
      atOnce.restore();
      const failing = sinon.stub(fs, 'fdatasyncSync').onFirstCall().throws(new Error('EIO'));
      expect(() => writer.append(given.slice(1))).to.throw('EIO');

      failing.callThrough();
      writer.append(given.slice(1));

      expect(segmentsOf(writer.directory)).to.deep.equal([1, 2]);
      expect(readLane(writer.directory)).to.deep.equal({ lines: given, damage: [] });
    });

    it('also where the file system knows no fsync of directories', () => {
      sinon.stub(fs, 'fsyncSync').throws(Object.assign(new Error('EINVAL'), { code: 'EINVAL' }));
      open({ fsync: 'always' });

      writer.append(lines(1));

      expect(atOnce.callCount).to.equal(1);
    });

    it('or is tried again, where a directory fails', () => {
      const failing = sinon.stub(fs, 'fsyncSync').throws(new Error('EIO'));
      open({ fsync: 'always' });
      expect(() => writer.append(lines(1))).to.throw('EIO');
      failing.restore();

      const synced = directoriesSynced(() => writer.append(lines(1)));

      expect(synced).to.include.members([directory, path.dirname(directory), writer.directory]);
      expect(segmentsOf(writer.directory)).to.deep.equal([1, 2]);
    });
  });

  describe('each second', () => {
    /** Seconds pass until so many calls were begun. A call begins at once, or when the one before is back. */
    const begun = (count: number): Promise<true> =>
      until(
        () => {
          clock.tick(1000);
          return later.callCount === count;
        },
        { what: `call ${count}`, intervalMs: 1 },
      );
    const slowDisk = (): Callback[] => {
      const waiting: Callback[] = [];
      later.callsFake((_fd: number, done: Callback) => void waiting.push(done));
      return waiting;
    };

    it('beside the appends, if there were any', async () => {
      open({ fsync: 'interval' });
      writer.append(lines(1));
      writer.append(lines(1));
      expect(later.callCount).to.equal(0);

      const waiting = slowDisk();
      await begun(1);
      waiting[0]?.(null);
      await new Promise(setImmediate);
      clock.tick(5000);
      expect(later.callCount).to.equal(1);
      writer.append(lines(1));
      await begun(2);
      waiting[1]?.(null);
      expect(atOnce.callCount).to.equal(0);
    });

    it('with every directory that is new', async () => {
      const opened = sinon.spy(fs.promises, 'open');
      open({ fsync: 'interval' });
      writer.append(lines(1));

      await begun(1);

      const parent = path.dirname(directory);
      expect(opened.getCalls().map(({ args }) => args[0])).to.have.members([
        path.dirname(parent),
        parent,
        directory,
        writer.directory,
      ]);
    });

    it('by one call at a time, however slow the disk is', async () => {
      const waiting = slowDisk();
      open({ fsync: 'interval' });
      writer.append(lines(1));
      await begun(1);
      for (let i = 0; i < 3; i++) {
        writer.append(lines(1));
        clock.tick(1000);
      }
      expect(later.callCount).to.equal(1);

      waiting[0]?.(null);
      // What was appended while it ran.
      await begun(2);
      waiting[1]?.(null);
    });

    it('also what stands in a segment that is full', async () => {
      open({ fsync: 'interval', segmentBytes: 1 });
      for (let i = 0; i < 3; i++) writer.append(lines(1));
      const files = new Set<unknown>();
      later.callsFake((fd: number, done: Callback) => {
        files.add(fd);
        // Throws if it was closed too early.
        fs.fstatSync(fd);
        setImmediate(() => done(null));
      });

      await begun(3);

      expect(files.size).to.equal(3);
    });

    it('and when it is closed, before that returns', async () => {
      open({ fsync: 'interval' });
      writer.append(lines(1));
      await begun(1);
      writer.append(lines(1));

      writer.close();

      expect(atOnce.callCount).to.equal(1);
      expect(clock.countTimers()).to.equal(0);
    });

    it('and when it is closed while a call runs', async () => {
      const waiting = slowDisk();
      open({ fsync: 'interval' });
      writer.append(lines(1));
      await begun(1);
      writer.append(lines(1));
      const fd = later.firstCall.args[0] as number;

      writer.close();
      expect(atOnce.callCount).to.equal(1);
      // Or the call would be about another file.
      fs.fstatSync(fd);
      waiting[0]?.(null);

      await until(() => isClosed(fd), { what: 'the file to be closed' });
    });

    it('or the log says what may be lost, and it goes on in a new segment that is', async () => {
      const logger = new MemoryLogger();
      const journal = new Journal(directory, logger, { fsync: 'interval' });
      const given = lines(2);
      journal.append(given.slice(0, 1));
      later.callsFake((_fd: number, done: Callback) => void setImmediate(() => done(new Error('EIO'))));
      await begun(1);
      await until(() => logger.errors.length > 0, { what: 'the failure' });
      expect(logger.errors[0]).to.include('EIO').and.include('power cut').and.include(directory);
      const failed = later.lastCall.args[0] as number;
      later.callThrough();

      // The file is not asked again: it might say that all is well.
      clock.tick(5000);
      expect(later.callCount).to.equal(1);
      journal.append(given.slice(1));
      await begun(2);

      expect(journal.position.segment).to.equal(2);
      expect(later.lastCall.args[0]).to.not.equal(failed);
      expect(readLane(lanesOf(directory)[0] as string)).to.deep.equal({ lines: given, damage: [] });
      journal.close();
      open({});
    });
  });
});

function isClosed(fd: number): boolean {
  try {
    fs.fstatSync(fd);
    return false;
  } catch {
    return true;
  }
}
