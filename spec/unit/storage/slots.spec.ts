import { expect } from 'chai';

import { Slots } from '../../../lib/storage/slots';

describe('Slots', () => {
  /** Work that ends when it is told to. */
  const work = () => {
    let end: (error?: Error) => void = () => undefined;
    let isRunning = false;
    const run = (): Promise<void> => {
      isRunning = true;
      return new Promise((resolve, reject) => (end = (error) => (error ? reject(error) : resolve())));
    };
    return { run, end: (error?: Error) => end(error), isRunning: () => isRunning };
  };

  it('let no more than their number run, and the others in the order in which they came', async () => {
    const slots = new Slots(2);
    const all = [work(), work(), work(), work()];
    const done = all.map(({ run }) => slots.use(run));
    const running = (): boolean[] => all.map((each) => each.isRunning());

    expect(running()).to.deep.equal([true, true, false, false]);
    all[1]?.end();
    await done[1];
    expect(running()).to.deep.equal([true, true, true, false]);
    all[0]?.end();
    await done[0];
    expect(running()).to.deep.equal([true, true, true, true]);
    all[2]?.end();
    all[3]?.end();
    await Promise.all(done);
  });

  it('are free again after work that failed', async () => {
    const slots = new Slots(1);
    const failing = work();
    const failed = slots.use(failing.run).catch((error: unknown) => error);
    failing.end(new Error('refused'));
    expect(await failed).to.be.an('error');
    expect(await slots.use(() => Promise.resolve('next'))).to.equal('next');
  });
});
