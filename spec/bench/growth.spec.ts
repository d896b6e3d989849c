import fs from 'node:fs';
import path from 'node:path';

import { expect } from 'chai';

import { start } from '../cli/command';
import { temporaryFolder } from '../support/servers';

const MAIN = path.join(__dirname, '../../bench/main.js');

/** That tables are filled and measured; what many rows cost is for a long run to tell. */
describe('npm run bench growth', function () {
  this.timeout(60_000);

  it('measures writes and reads at each size, beside a table that stays small', async () => {
    const cwd = temporaryFolder();
    const output = path.join(cwd, 'results.md');

    const options = ['growth', '--quick', '--output', output];
    const { status, stdout } = await start(options, { cwd }, [process.execPath, MAIN]).result;

    expect(status, stdout).to.equal(0);
    const results = fs.readFileSync(output, 'utf8');
    expect(results).to.not.contain('NaN');
    for (const rows of ['1,000', '10,000', '50,000'])
      expect(results).to.match(
        new RegExp(
          `^\\| ${rows} +(\\| +[\\d.]+ ){3}\\| [\\d.]+ \\(.*\\) (\\| +[\\d.]+ ){2}\\| [\\d.]+ \\(`,
          'm',
        ),
      );
    expect(results)
      .to.match(
        /^- (met|\*\*missed\*\*): cost a record, 50,000 rows to 1,000: [\d.]+ \(goal: at most 1.25\)$/m,
      )
      .and.match(/^- (met|\*\*missed\*\*): getAudits, 50,000 rows to 1,000: [\d.]+ \(goal: at most 2\)$/m);
    expect(fs.readdirSync(path.join(cwd, 'charts'))).to.have.length(1);
  });
});
