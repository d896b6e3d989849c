import fs from 'node:fs';
import path from 'node:path';

import { expect } from 'chai';

import { start } from '../cli/command';
import { temporaryFolder } from '../support/servers';

const MAIN = path.join(__dirname, '../../bench/main.js');

/** That every way to a trail is measured, and records what it has to; how fast it is, is for a quiet machine to tell. */
describe('npm run bench write-path', function () {
  this.timeout(240_000);

  it('compares updates with and without a worker, and the other ways, and all is recorded', async () => {
    const cwd = temporaryFolder();
    const output = path.join(cwd, 'results.md');

    const options = ['write-path', '--quick', '--output', output];
    const { status, stdout } = await start(options, { cwd }, [process.execPath, MAIN]).result;

    expect(stdout).to.not.match(/\d+ records of \d+ changes/);
    expect(status, stdout).to.equal(0);
    const results = fs.readFileSync(output, 'utf8');
    expect(results).to.not.contain('NaN');
    const [stopped, others, running] = results.split(/^### /m).slice(1);
    for (const table of [stopped, running]) {
      for (const variant of ['no audit', 'embedded', 'redis'])
        expect(table).to.match(new RegExp(`^\\| update, 10 at a time, ${variant} +\\| +2 \\| +\\d`, 'm'));
      expect(table).to.match(/^- (met|\*\*missed\*\*): throughput of un-audited: in \d of 2/m);
    }
    for (const way of [
      'driver redis',
      'one RPUSH',
      'one XADD',
      'awaited Audit.create',
      'sequelize-paper-trail',
    ])
      expect(others).to.match(new RegExp(`^\\| .*${way}.* +\\| +2 \\| +\\d`, 'm'));
    expect(fs.readdirSync(path.join(cwd, 'charts'))).to.deep.equal(['audited-updates-10-at-a-time.svg']);
  });
});
