import { expect } from 'chai';
import sinon from 'sinon';

import { inTime } from '../../../lib/viewer/deadline';
import { Refusal } from '../../../lib/viewer/refusal';

describe('the time that reading may take', () => {
  let clock: sinon.SinonFakeTimers;
  beforeEach(() => (clock = sinon.useFakeTimers()));
  afterEach(() => clock.restore());

  it('ends with a refusal, whatever becomes of the work', async () => {
    let fail: (error: Error) => void = () => undefined;
    const answer = inTime(new Promise<never>((_resolve, reject) => (fail = reject)));
    const refused = answer.catch((error: unknown) => error);
    await clock.tickAsync(20_000);
    const error = await refused;
    expect(error).to.be.instanceOf(Refusal).and.to.include({ status: 503, code: 'NO_ANSWER' });
    fail(new Error('too late to be told to anybody'));
    await clock.tickAsync(1);
  });

  it('leaves no timer behind where the work is done before', async () => {
    expect(await inTime(Promise.resolve(7))).to.equal(7);
    const error = await inTime(Promise.reject(new Error('failed'))).catch((reason: Error) => reason.message);
    expect(error).to.equal('failed');
    expect(clock.countTimers()).to.equal(0);
  });
});
