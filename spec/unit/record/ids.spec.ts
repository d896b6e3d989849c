import { expect } from 'chai';
import sinon from 'sinon';

import { newId } from '../../../lib/record/id';
import { timeOfId } from '../../../lib/record/id-time';

describe('The ids of records', () => {
  afterEach(() => sinon.restore());

  it('ascend within a process, also many in one millisecond', () => {
    const ids = Array.from({ length: 200_000 }, newId);

    expect([...ids].sort()).to.deep.equal(ids);
    expect(new Set(ids).size).to.equal(ids.length);
  });

  it('ascend when the clock is set back by a day, and tell the time again once it has caught up', () => {
    const clock = sinon.useFakeTimers({ now: Date.now() + 60_000, toFake: ['Date'] });
    const before = newId();
    clock.setSystemTime(Date.now() - 86_400_000);
    const back = newId();
    clock.setSystemTime(Date.now() + 2 * 86_400_000);
    const later = newId();

    expect([before, back, later]).to.deep.equal([before, back, later].sort());
    expect(timeOfId(later)).to.equal(Date.now());
  });
});
