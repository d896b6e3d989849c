import fs from 'node:fs';
import path from 'node:path';

import { expect } from 'chai';

import { start } from '../cli/command';
import { temporaryFolder } from '../support/servers';

const MAIN = path.join(__dirname, '../../bench/main.js');
const ON_LINUX = process.platform === 'linux';

/** That every record is stored and every process tells its memory; how much that is a long run shows. */
describe('npm run bench memory', function () {
  this.timeout(60_000);

  it('measures a worker and an application with each driver', async () => {
    const cwd = temporaryFolder();
    const output = path.join(cwd, 'results.md');

    const options = ['memory', '--quick', '--output', output];
    const { status, stdout } = await start(options, { cwd }, [process.execPath, MAIN]).result;

    expect(status, stdout).to.equal(0);
    const results = fs.readFileSync(output, 'utf8');
    if (ON_LINUX) expect(results).to.not.contain('NaN');
    const [, worker, application] = results.split(/^### /m);
    expect(worker)
      .to.match(/^\| embedded +\| +[\d.]+ \| +[\d,]+ \|/m)
      .and.match(/^\| redis +\| +[\d.]+ \| +[\d,]+ \|/m);
    for (const variant of ['un-audited', 'embedded', 'redis'])
      expect(application).to.match(new RegExp(`^\\| ${variant} +\\| +[1-9][\\d,]* \\| +\\d+ \\|`, 'm'));
    expect(results.match(/\(goal: at most (150|32) MB\)$/gm)).to.have.length(4);
  });
});
