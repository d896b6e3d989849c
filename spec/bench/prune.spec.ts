import fs from 'node:fs';
import path from 'node:path';

import { expect } from 'chai';

import { start } from '../cli/command';
import { temporaryFolder } from '../support/servers';

const MAIN = path.join(__dirname, '../../bench/main.js');

/** That writers are measured around each run, and what is old is gone; how long they wait is for a quiet machine to tell. */
describe('npm run bench prune', function () {
  this.timeout(60_000);

  it('prunes in three runs, with a calm before each, while others write', async () => {
    const cwd = temporaryFolder();
    const output = path.join(cwd, 'results.md');

    const options = ['prune', '--quick', '--output', output];
    const { status, stdout } = await start(options, { cwd }, [process.execPath, MAIN]).result;

    expect(status, stdout).to.equal(0);
    const results = fs.readFileSync(output, 'utf8');
    expect(results).to.not.contain('NaN');
    const names = [...results.matchAll(/^\| (before|during|after) /gm)].map(([, name]) => name);
    expect(names.join(' ')).to.equal('before during before during before during after');
    // A row grows older than the limit now and then while it runs.
    expect(results).to.match(/^4,00\d rows were pruned in/m);
    expect(results)
      .to.match(/^- (met|\*\*missed\*\*): p99 of writes to audits, .* \(goal: at most 2\)$/m)
      .and.match(/^- (met|\*\*missed\*\*): p99 of writes to another table, .* \(goal: at most 2\)$/m);
  });
});
