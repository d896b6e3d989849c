import fs from 'node:fs';
import path from 'node:path';

import { expect } from 'chai';

import { start } from '../cli/command';
import { temporaryFolder } from '../support/servers';

const MAIN = path.join(__dirname, '../../bench/main.js');

/** That every record is seen; how soon, is for a quiet machine to tell. */
describe('npm run bench lag', function () {
  this.timeout(240_000);

  it('sees the record of every change, wherever the worker is', async () => {
    const cwd = temporaryFolder();
    const output = path.join(cwd, 'results.md');

    const options = ['lag', '--quick', '--output', output];
    const { status, stdout } = await start(options, { cwd }, [process.execPath, MAIN]).result;

    expect(stdout).to.not.match(/\d+ records, \d+ ids/);
    expect(status, stdout).to.equal(0);
    const results = fs.readFileSync(output, 'utf8');
    expect(results).to.not.contain('NaN');
    for (const worker of ['embedded, .* thread', 'embedded, .* process', 'redis, .* process'])
      expect(results).to.match(new RegExp(`^\\| ${worker}[^|]*\\| +[\\d,]+ \\| +\\d+ \\| +\\d+ \\|`, 'm'));
    expect(results.match(/^- (met|\*\*missed\*\*): .*p(50|99): \d+ ms/gm)).to.have.length(6);
  });
});
