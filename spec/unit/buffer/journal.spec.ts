import fs from 'node:fs';
import path from 'node:path';

import { expect } from 'chai';
import sinon from 'sinon';

import { Journal } from '../../../lib/buffer/journal/journal';
import { lanesOf, writerOf } from '../../../lib/buffer/journal/lane';
import { settingAside } from '../../../lib/buffer/journal/set-aside';
import { temporaryFolder } from '../../support/servers';
import { readLane } from '../helpers/lanes';
import { MemoryLogger } from '../helpers/logger';
import { aLine, lines } from '../helpers/records';

describe('The journal', () => {
  let directory: string;
  let logger: MemoryLogger;
  const journals: Journal[] = [];

  beforeEach(() => {
    directory = path.join(temporaryFolder(), 'journal');
    logger = new MemoryLogger();
  });

  afterEach(() => {
    sinon.restore();
    for (const journal of journals.splice(0)) journal.close();
  });

  const newJournal = (): Journal => {
    const journal = new Journal(directory, logger);
    journals.push(journal);
    return journal;
  };
  const onDisk = (): string[] => lanesOf(directory).flatMap((lane) => readLane(lane).lines);
  /** The disk refuses; permissions would not do, because specs may run as root. */
  const block = (): void => fs.writeFileSync(directory, '');
  const unblock = (): void => fs.rmSync(directory);

  it('has records on disk when append returns', () => {
    const journal = newJournal();
    const given = lines(3);
    journal.append(given);

    expect(onDisk()).to.deep.equal(given);
    expect(journal).to.include({ captured: 3, journaled: 3, dropped: 0, heldCount: 0 });
    expect(journal.lane).to.equal(lanesOf(directory)[0]);
    expect(logger.errors).to.deep.equal([]);
  });

  it('marks its lane as closed when it is closed, also when the process exits', () => {
    const listeners = process.listenerCount('exit');
    const journal = newJournal();
    journal.append(lines(1));
    expect(writerOf(journal.lane)).to.equal('open');

    journal.close();
    journal.close();

    expect(writerOf(journal.lane)).to.equal('closed');
    expect(process.listenerCount('exit')).to.equal(listeners);
  });

  describe('where the disk refuses', () => {
    it('keeps records in memory without throwing, and says so once', () => {
      block();
      const journal = newJournal();
      for (let i = 0; i < 5; i++) journal.append(lines(2));

      expect(journal).to.include({ captured: 10, journaled: 0, dropped: 0, heldCount: 10 });
      expect(journal.flushHeld()).to.equal(false);
      expect(logger.errors).to.have.length(1);
      expect(logger.errors[0]).to.include(directory).and.include('held in memory');
      unblock();
    });

    it('tries again by itself, and brings all to disk in order', () => {
      const clock = sinon.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
      block();
      const journal = newJournal();
      const given = lines(6);
      journal.append(given.slice(0, 2));
      clock.tick(5000);
      expect(journal.heldCount).to.equal(2);
      unblock();
      // What is held goes first: a record does not overtake those before it.
      journal.append(given.slice(2, 3));
      expect(onDisk()).to.deep.equal([]);

      clock.tick(1000);
      journal.append(given.slice(3));

      expect(onDisk()).to.deep.equal(given);
      expect(journal).to.include({ captured: 6, journaled: 6, dropped: 0, heldCount: 0 });
      expect(logger.infos).to.have.length(1);
      journal.close();
      expect(clock.countTimers()).to.equal(0);
    });

    it('says so again the next time', () => {
      const journal = newJournal();
      for (let i = 1; i <= 2; i++) {
        const write = sinon.stub(fs, 'writeSync').throws(new Error('ENOSPC: no space left on device'));
        journal.append(lines(1));
        write.restore();

        expect(logger.errors).to.have.length(i);
        expect(logger.errors.at(-1)).to.include('no space left');
        if (i === 1) expect(journal.flushHeld()).to.equal(true);
      }
      expect(journal.flushHeld()).to.equal(true);
      expect(onDisk()).to.have.length(2);
    });

    it('cuts off what a write that failed half-way left, so that nothing is damaged', () => {
      const journal = newJournal();
      const given = lines(3, 100);
      journal.append(given.slice(0, 1));
      const write = sinon.stub(fs, 'writeSync');
      write.onFirstCall().callsFake(((fd: number, bytes: Buffer, offset: number) => {
        write.restore();
        const done = fs.writeSync(fd, bytes, offset, 20);
        sinon.stub(fs, 'writeSync').throws(new Error('ENOSPC'));
        return done;
      }) as never);
      journal.append(given.slice(1, 2));
      sinon.restore();
      journal.append(given.slice(2));
      expect(journal.heldCount).to.equal(2);

      expect(journal.flushHeld()).to.equal(true);

      const [lane] = lanesOf(directory);
      expect(readLane(lane as string)).to.deep.equal({ lines: given, damage: [] });
    });

    it('goes on in a new segment when not even that can be cut off', () => {
      const journal = newJournal();
      const given = lines(2, 100);
      journal.append(given.slice(0, 1));
      const { writeSync } = fs;
      const write = sinon.stub(fs, 'writeSync');
      write
        .onFirstCall()
        .callsFake(((fd: number, bytes: Buffer, offset: number) =>
          writeSync(fd, bytes, offset, 20)) as never);
      write.onSecondCall().throws(new Error('EIO'));
      sinon.stub(fs, 'ftruncateSync').throws(new Error('EIO'));
      journal.append(given.slice(1));
      sinon.restore();

      expect(journal.flushHeld()).to.equal(true);

      const { lines: read, damage } = readLane(lanesOf(directory)[0] as string);
      expect(read).to.deep.equal(given);
      expect(damage.map(({ bytes }) => bytes.length)).to.deep.equal([20]);
      expect(journal.position.segment).to.equal(2);
    });

    it('keeps a bounded amount, counts what it drops, and keeps what it has', () => {
      block();
      const journal = newJournal();
      const line = aLine(1_000_000);
      for (let i = 0; i < 20; i++) journal.append([line]);

      expect(journal.heldCount).to.equal(Math.floor((16 * 1024 * 1024) / line.length));
      expect(journal.dropped).to.equal(20 - journal.heldCount);
      expect(journal.captured).to.equal(20);
      expect(logger.errors.filter((message) => message.includes('dropped'))).to.have.length(1);
      const held = journal.heldCount;
      unblock();
      expect(journal.flushHeld()).to.equal(true);
      expect(onDisk()).to.have.length(held);
      journal.append([line]);
      expect(onDisk()).to.have.length(held + 1);
    });

    it('says what is lost when it is closed, and counts it once', () => {
      block();
      const journal = newJournal();
      journal.append(lines(2));

      journal.close();
      journal.close();

      expect(journal.dropped).to.equal(2);
      expect(logger.errors.filter((message) => message.includes('were lost'))).to.have.length(1);
    });

    it('brings what it holds to disk when it is closed and the disk takes it again', () => {
      block();
      const journal = newJournal();
      const given = lines(2);
      journal.append(given);
      unblock();

      journal.close();

      expect(onDisk()).to.deep.equal(given);
      expect(journal.dropped).to.equal(0);
    });
  });
});

describe('Setting damage aside', () => {
  const damage = { file: '/journal/lane-1/0000000002.journal', offset: 77, bytes: Buffer.from([0, 1, 255]) };

  it('keeps the bytes under a name that says where they stood, and tells the log', () => {
    const folder = path.join(temporaryFolder(), 'damaged');
    const logger = new MemoryLogger();
    const setAside = settingAside(folder, logger);
    setAside(damage);
    setAside(damage);

    const names = fs.readdirSync(folder);
    expect(names).to.have.length(2);
    for (const name of names) {
      expect(name).to.match(/^lane-1-0000000002-77-.*\.damaged$/);
      expect(fs.readFileSync(path.join(folder, name))).to.deep.equal(damage.bytes);
      expect(logger.errors.join()).to.include(name);
    }
  });

  it('never throws, and tells the log where the bytes could not be kept', () => {
    const folder = path.join(temporaryFolder(), 'file');
    fs.writeFileSync(folder, '');
    const logger = new MemoryLogger();

    settingAside(path.join(folder, 'damaged'), logger)(damage);

    expect(logger.errors).to.have.length(1);
    expect(logger.errors[0]).to.include('skipped');
  });
});
