import { expect } from 'chai';
import { uuidv7 } from 'uuidv7';

describe('The ids of records', () => {
  it('ascend within a process, also many in one millisecond', () => {
    const ids = Array.from({ length: 200_000 }, () => uuidv7());

    expect([...ids].sort()).to.deep.equal(ids);
    expect(new Set(ids).size).to.equal(ids.length);
  });
});
