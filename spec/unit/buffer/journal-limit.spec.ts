import fs from 'node:fs';
import path from 'node:path';

import { expect } from 'chai';
import sinon from 'sinon';

import { Journal } from '../../../lib/buffer/journal/journal';
import { bytesWaiting } from '../../../lib/buffer/journal/journal-limit';
import { JournalSource } from '../../../lib/buffer/journal/journal-source';
import { LaneWriter } from '../../../lib/buffer/journal/lane-writer';
import { openDriver } from '../../../lib/buffer/open';
import { resolveSettings } from '../../../lib/config';
import { temporaryFolder } from '../../support/servers';
import { until } from '../../support/until';
import { MemoryLogger } from '../helpers/logger';
import { aLine, lines, linesOf } from '../helpers/records';

const MEBIBYTE = 1024 * 1024;
const MANY = 100_000;

describe('The limit of a journal', () => {
  let directory: string;
  let logger: MemoryLogger;
  let clock: sinon.SinonFakeTimers;
  const closing: (() => unknown)[] = [];

  beforeEach(() => {
    directory = path.join(temporaryFolder(), 'journal');
    logger = new MemoryLogger();
    clock = sinon.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] });
  });

  afterEach(async () => {
    await Promise.all(closing.splice(0).map((close) => close()));
    sinon.restore();
  });

  const newJournal = (limitBytes = MEBIBYTE): Journal => {
    const journal = new Journal(directory, logger, { limitBytes });
    closing.push(() => journal.close());
    return journal;
  };
  /** A worker that stores so many records, or as many as there are. */
  const store = async (count = MANY): Promise<string[]> => {
    const source = new JournalSource(directory, { onDamage: () => expect.fail('no damage') });
    const stored: string[] = [];
    while (stored.length < count) {
      const claim = await source.claim(Math.min(100, count - stored.length), 0);
      if (!claim) break;
      stored.push(...linesOf(claim.batch.lines));
      await source.acknowledge(claim.receipt);
    }
    await source.close();
    return stored;
  };
  /** Fills the journal up to a share of a mebibyte, in records of a kibibyte and a half. */
  const fill = (journal: Journal, share: number): string[] => {
    const given: string[] = [];
    for (let bytes = 0; bytes < share * MEBIBYTE - 2000;) {
      const line = aLine(1200);
      journal.append([line]);
      given.push(line);
      bytes += line.length + 26;
    }
    return given;
  };
  const looks = async (condition: () => boolean, what: string): Promise<void> => {
    await until(
      () => {
        clock.tick(1000);
        return condition();
      },
      { what, intervalMs: 5 },
    );
  };
  /** At least one look that began from now on has ended. */
  const looked = async (): Promise<void> => {
    const looking = sinon.spy(fs, 'readdirSync');
    await looks(
      () => looking.getCalls().filter(({ args }) => args[0] === directory).length >= 2,
      'two looks',
    );
    looking.restore();
  };

  for (const [mark, text] of [
    [0.55, '5'],
    [0.8, '7|8'],
    [0.95, '9'],
  ] as const) {
    it(`is warned of when ${Math.round(mark * 100)} % of it wait, once`, async () => {
      fill(newJournal(), mark);

      await looked();
      await looked();

      expect(logger.warnings).to.have.length(1);
      expect(logger.warnings[0]).to.match(new RegExp(`(${text})\\d % of the 1 MiB`));
      expect(logger.warnings[0])
        .to.include(directory)
        .and.include('No worker')
        .and.include('AUDIT_JOURNAL_LIMIT');
      expect(logger.errors).to.deep.equal([]);
    });
  }

  it('is warned of once more at each mark, and again when it had been empty in between', async () => {
    const journal = newJournal();
    fill(journal, 0.6);
    await looked();
    // A little down and up again is no news.
    await store(50);
    await looked();
    fill(journal, 0.05);
    await looked();
    expect(logger.warnings).to.have.length(1);

    fill(journal, 0.2);
    await looked();
    expect(logger.warnings).to.have.length(2);

    await store();
    await looked();
    fill(journal, 0.6);
    await looked();
    expect(logger.warnings).to.have.length(3);
  });

  it('when it is reached, keeps records in memory, loudly, until a worker has made room', async () => {
    const journal = newJournal();
    const given = fill(journal, 1.2);
    expect(journal.heldCount).to.be.above(100);
    expect(journal.dropped).to.equal(0);
    expect(logger.errors).to.have.length(1);
    expect(logger.errors[0]).to.include('AUDIT_JOURNAL_LIMIT').and.include('held in memory');
    await looked();
    expect(journal.heldCount).to.be.above(100);

    const stored = await store(500);
    await looks(() => journal.heldCount === 0, 'the held records to be written');

    expect([...stored, ...(await store())]).to.deep.equal(given);
    expect(logger.infos).to.have.length(1);
  });

  it('drops what the memory has no room for, and counts it', () => {
    const journal = newJournal();
    const line = aLine(1_000_000);
    for (let i = 0; i < 30; i++) journal.append([line]);

    expect(journal.heldCount).to.be.within(10, 17);
    expect(journal.dropped).to.be.within(10, 20);
    expect(logger.errors.some((message) => message.includes('dropped'))).to.equal(true);
  });

  it('is that of all processes together', async () => {
    const other = new LaneWriter(directory);
    closing.push(() => other.close());
    other.append([aLine(MEBIBYTE)]);
    const journal = newJournal();
    await looked();

    journal.append(lines(1));

    expect(journal.heldCount).to.equal(1);
  });

  it('is about what waits, not about files that are done with but still open', async () => {
    const journal = newJournal();
    for (let i = 0; i < 5; i++) {
      fill(journal, 0.6);
      await store();
      await looked();
    }

    expect(await bytesWaiting(directory)).to.equal(0);
    expect(journal.heldCount).to.equal(0);
  });

  it('keeps the files of a small journal small as well', async () => {
    const journal = newJournal();
    fill(journal, 0.9);
    await store();

    const left = fs.readdirSync(journal.lane).filter((name) => name.endsWith('.journal'));
    expect(left).to.have.length(1);
    expect(fs.statSync(path.join(journal.lane, left[0] as string)).size).to.be.below(MEBIBYTE / 4);
  });

  it('does not keep what is held from being written when the process ends', async () => {
    const journal = newJournal();
    const given = fill(journal, 1.1);
    expect(journal.heldCount).to.be.above(10);

    journal.close();

    expect(await store()).to.deep.equal(given);
    expect(journal.dropped).to.equal(0);
  });

  it('costs an append no look at the directory', () => {
    const journal = newJournal();
    journal.append(lines(1));
    const looking = [sinon.spy(fs, 'readdirSync'), sinon.spy(fs, 'statSync'), sinon.spy(fs, 'existsSync')];

    for (let i = 0; i < 200; i++) journal.append(lines(1));

    expect(looking.map(({ callCount }) => callCount)).to.deep.equal([0, 0, 0]);
  });

  it('is that of the option, in mebibytes', () => {
    const settings = resolveSettings({ dir: path.dirname(directory), journalLimit: 2, logger }, {});
    const driver = openDriver(settings, () => expect.fail('no database'));
    closing.push(() => driver.close());
    const line = aLine(MEBIBYTE / 2);

    for (let i = 0; i < 8; i++) void driver.deliver([line]);

    expect(driver.counters()).to.deep.include({ captured: 8, held: 4, dropped: 0 });
  });

  it('is none where it is 0', async () => {
    const journal = newJournal(0);
    expect(clock.countTimers()).to.equal(0);
    fill(journal, 2);

    expect(journal.heldCount).to.equal(0);
    expect(await bytesWaiting(directory)).to.be.above(MEBIBYTE);
    expect(await bytesWaiting(path.join(directory, 'none'))).to.equal(0);
  });
});
