import fs from 'node:fs';
import path from 'node:path';

import { expect } from 'chai';

import { start } from '../cli/command';
import { temporaryFolder } from '../support/servers';

const MAIN = path.join(__dirname, '../../bench/main.js');

/** That every contender stores every record once; how fast they are depends on the machine, and on the day. */
describe('npm run bench drain', function () {
  this.timeout(120_000);

  it('prints a table, writes its section and draws its chart', async () => {
    const cwd = temporaryFolder();
    const output = path.join(cwd, 'results.md');

    const options = ['drain', '--quick', '--database', 'postgres,sqlite', '--output', output];
    const { status, stdout, stderr } = await start(options, { cwd }, [process.execPath, MAIN]).result;

    expect(stderr).to.equal('');
    expect(stdout)
      .to.match(/drain: postgres [\d.]+\n/)
      .and.match(/│ AuditWorker, stream +│ 2 +│/)
      .and.match(/drain: sqlite [\d.]+\n/);
    expect(stdout).to.not.contain('too many or too few');
    expect(status, stdout).to.equal(0);
    expect(fs.readFileSync(output, 'utf8')).to.match(/^## drain\n/m);
    expect(fs.readFileSync(path.join(cwd, 'charts/drain-on-postgres.svg'), 'utf8')).to.contain('AuditWorker');
  });
});
