import fs from 'node:fs';
import path from 'node:path';

import { expect } from 'chai';
import sinon from 'sinon';

import { assertWritable, directoriesOf } from '../../../lib/buffer/directories';
import { Journal } from '../../../lib/buffer/journal/journal';
import { JournalSource } from '../../../lib/buffer/journal/journal-source';
import { settingAside } from '../../../lib/buffer/journal/set-aside';
import { Batch } from '../../../lib/record/batch';
import { SpillFile } from '../../../lib/trail/spill-file';
import { DiskStore } from '../../../lib/worker/disk-store';
import { temporaryFolder } from '../../support/servers';
import { MemoryLogger } from '../helpers/logger';
import { lines } from '../helpers/records';

const modeOf = (file: string): number => fs.lstatSync(file).mode & 0o777;

describe('The files of a trail', () => {
  let dir: string;
  let logger: MemoryLogger;
  let umask: number;

  beforeEach(() => {
    dir = path.join(temporaryFolder(), 'postgres-shop');
    logger = new MemoryLogger();
    // It takes no right away.
    umask = process.umask(0);
  });

  afterEach(() => {
    process.umask(umask);
    sinon.restore();
  });

  /** One of each kind, with all that lies beside it. */
  const makeAll = async (): Promise<void> => {
    const { journal, rescue, buried, damaged } = directoriesOf(dir);
    const producer = new Journal(journal, logger);
    producer.append(lines(1));
    const source = new JournalSource(journal, { onDamage: () => expect.fail('no damage') });
    await source.claim(1, 0);
    for (const directory of [rescue, buried])
      new DiskStore(directory).put(Batch.fromLines(lines(1)), 'because');
    settingAside(damaged, logger)({ file: '/lane/1.journal', offset: 0, bytes: Buffer.from('x') });
    const listed = fs.readdirSync(dir, { recursive: true, encoding: 'utf8' });
    expect(listed.filter((name) => /\/(checkpoint|lease|owner\.json)$/.test(name)).length).to.be.above(4);
    expect(listed.filter((name) => /\.(journal|damaged)$/.test(name))).to.have.length(4);
    for (const name of listed) {
      const file = path.join(dir, name);
      if (!wide.includes(file))
        expect(modeOf(file), name).to.equal(fs.statSync(file).isDirectory() ? 0o700 : 0o600);
    }
    await source.close();
    producer.close();
  };
  let wide: string[] = [];

  it('can be read by their owner only, whatever the umask', async () => {
    wide = [];
    assertWritable(dir, logger);
    await makeAll();

    expect(modeOf(dir)).to.equal(0o700);
    expect(logger.warnings).to.deep.equal([]);
  });

  it('can be read by their owner only, also in directories that were open to others before', async () => {
    const { journal, rescue, buried, damaged } = directoriesOf(dir);
    wide = [dir, journal, rescue, buried, damaged];
    for (const directory of wide) fs.mkdirSync(directory, { mode: 0o777 });
    assertWritable(dir, logger);
    await makeAll();

    // They are the user's: it is said, and left to them.
    for (const directory of wide) {
      expect(modeOf(directory)).to.equal(0o777);
      expect(logger.warnings.join()).to.include(directory);
    }
    expect(logger.warnings).to.have.length(1);
  });

  it('are said to be in danger where all may put another directory in the place of theirs', () => {
    fs.chmodSync(path.dirname(dir), 0o777);
    assertWritable(dir, logger);
    expect(logger.warnings.join())
      .to.include(`${path.dirname(dir)}.`)
      .and.include('AUDIT_DIR');

    fs.chmodSync(path.dirname(dir), 0o1777);
    logger.warnings.length = 0;
    assertWritable(dir, logger);
    expect(logger.warnings).to.deep.equal([]);
  });

  it('that wait for a commit can be opened by their owner only, and by no name', () => {
    const opened = sinon.spy(fs, 'openSync');
    const spill = SpillFile.open(dir);
    spill.append(lines(1));

    expect(fs.fstatSync(opened.firstCall.returnValue).mode & 0o777).to.equal(0o600);
    expect(fs.readdirSync(dir)).to.deep.equal([]);
    expect(modeOf(dir)).to.equal(0o700);
    spill.close();
  });
});
