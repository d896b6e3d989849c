import path from 'node:path';

import { expect } from 'chai';
import { version as newest } from 'sequelize/package.json';
import { version as lowest } from 'sequelize-lowest/package.json';

import { LOWEST_SEQUELIZE } from '../../lib/adapter/version';
import { mocha } from '../support/child-mocha';

const SPECS = path.join(__dirname, '..');
/** What stands on the adapter: one database with a statement of ours, one without. */
const FAMILIES = [
  'instances',
  'bulk-create',
  'set-updates',
  'set-deletes',
  'upsert',
  'counters',
  'associations',
];

describe('The lowest supported Sequelize', function () {
  this.timeout(180_000);

  it('is the one that the adapter names, and older than the one that all other specs run with', () => {
    expect(lowest).to.equal(LOWEST_SEQUELIZE);
    expect(newest).not.to.equal(lowest);
  });

  it('passes the specs of the operations', async () => {
    const { code, output } = await mocha([
      ...['--require', path.join(SPECS, 'support/lowest-sequelize.js')],
      ...['--grep', 'on (postgres|sqlite)'],
      ...FAMILIES.map((family) => path.join(SPECS, 'conformance/operations', `${family}.spec.js`)),
      path.join(SPECS, 'compatibility/version-in-use.js'),
    ]);

    expect(code, output).to.equal(0);
    expect(output).to.match(/\d{2,} passing/);
    expect(output).to.contain(`runs with Sequelize ${lowest}`);
  });
});
