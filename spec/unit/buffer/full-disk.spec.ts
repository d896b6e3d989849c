import { expect } from 'chai';

import { temporaryFolder } from '../../support/servers';
import { until } from '../../support/until';
import { Child } from '../helpers/child';
import type { Answer, Question } from '../helpers/children/small-disk';

const MEBIBYTE = 1024 * 1024;
const DISK = 48;

/** A real file system: one of 48 MiB for the process whose journal lies on it; where that cannot be, a limit of the system. */
describe('A journal on a disk', () => {
  let child: Child;
  const ask = (question: Question): Promise<Answer> => child.ask<Answer>(question);

  beforeEach(async () => {
    child = Child.onSmallDisk('small-disk', temporaryFolder(), DISK);
    await child.message();
  });

  afterEach(() => Child.killAll());

  /** All is on disk that the memory held. */
  const untilNothingIsHeld = (): Promise<true> =>
    until(async () => (await ask({ kind: 'read' })).held === 0, { what: 'the held records to be written' });
  const expectOnDisk = async (ids: readonly string[]): Promise<void> => {
    const { ids: read, damage } = await ask({ kind: 'read' });
    expect(read.length).to.equal(ids.length);
    expect(read).to.deep.equal(ids);
    expect(damage).to.equal(0);
  };

  it('that is full keeps records in memory, and brings them to disk in order when there is room', async () => {
    const first = await ask({ kind: 'append', count: 100, bytes: 1000 });
    await ask({ kind: 'takeRoom', bytes: MEBIBYTE });
    // One of them finds room for a part only.
    const second = await ask({ kind: 'append', count: 3000, bytes: 1000 });
    expect(second.held).to.be.within(1000, 3000);
    expect(second).to.include({ dropped: 0 });
    expect(second.errors).to.have.length(1);
    expect(second.errors[0])
      .to.match(/ENOSPC|EFBIG/)
      .and.include('held in memory');

    await ask({ kind: 'giveRoom' });
    await untilNothingIsHeld();

    const third = await ask({ kind: 'append', count: 10, bytes: 1000 });
    await expectOnDisk([...first.ids, ...second.ids, ...third.ids]);
  });

  it('that stays full takes a bounded amount of memory, and what is dropped is counted', async () => {
    const start = await ask({ kind: 'append', count: 10, bytes: 1000 });
    await ask({ kind: 'takeRoom', bytes: 0 });
    const given = [...start.ids];
    let last = start;
    for (let round = 0; round < 4; round++) {
      last = await ask({ kind: 'append', count: 8000, bytes: 1000 });
      given.push(...last.ids);
    }
    expect(last.dropped).to.be.above(10_000);
    expect(last.errors.some((message) => message.includes('dropped'))).to.equal(true);
    expect(last.memory - start.memory).to.be.below(32 * MEBIBYTE);

    await ask({ kind: 'giveRoom' });
    await untilNothingIsHeld();

    // Those that were held: the oldest.
    await expectOnDisk(given.slice(0, given.length - last.dropped));
  });

  it('that is full before the first record loses none either', async () => {
    await ask({ kind: 'takeRoom', bytes: 0 });
    const { ids, held } = await ask({ kind: 'append', count: 50, bytes: 100 });
    expect(held).to.be.above(0);

    await ask({ kind: 'giveRoom' });
    await untilNothingIsHeld();

    await expectOnDisk(ids);
  });

  it('that is read-only does the same', async () => {
    await ask({ kind: 'readOnly' });
    const given = await ask({ kind: 'append', count: 50, bytes: 100 });
    expect(given).to.include({ held: 50, dropped: 0 });
    expect(given.errors).to.have.length(1);
    expect(given.errors[0])
      .to.match(/EROFS|EFBIG/)
      .and.include('held in memory');

    await ask({ kind: 'writable' });
    await untilNothingIsHeld();

    await expectOnDisk(given.ids);
  });
});
