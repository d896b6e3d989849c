import path from 'node:path';

import { expect } from 'chai';

import { mocha } from '../support/child-mocha';
import { DATABASES } from '../support/world';

describe('What sequelize-paper-trail records', function () {
  this.timeout(120_000);

  // It replaces the global Promise (async-listener), which other specs must not meet.
  it('is a part of what is in the trail, on every database', async () => {
    const { code, output } = await mocha([path.join(__dirname, 'paper-trail-subset.js')]);

    expect(code, output).to.equal(0);
    expect(output).to.contain(`${DATABASES.length} passing`);
  });
});
