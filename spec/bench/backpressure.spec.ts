import fs from 'node:fs';
import path from 'node:path';

import { expect } from 'chai';

import { start } from '../cli/command';
import { temporaryFolder } from '../support/servers';

const MAIN = path.join(__dirname, '../../bench/main.js');
const PHASES = ['warm-up', 'normal', 'refused', 'silent', 'healed'];

/** That all phases are measured and every change arrives; how much memory that takes is for a quiet machine to tell. */
describe('npm run bench backpressure', function () {
  this.timeout(240_000);

  it('goes through all phases with each driver, and every acknowledged change is stored once', async () => {
    const cwd = temporaryFolder();
    const output = path.join(cwd, 'results.md');

    const options = ['backpressure', '--minutes', '0.02', '--output', output];
    const { status, stdout } = await start(options, { cwd }, [process.execPath, MAIN]).result;

    expect(stdout).to.not.match(/Writes failed|records, \d+ ids/);
    expect(status, stdout).to.equal(0);
    const results = fs.readFileSync(output, 'utf8');
    expect(results).to.not.contain('NaN');
    const tables = results.split(/^### /m).slice(1);
    expect(tables.map((table) => table.split(',', 1)[0])).to.deep.equal(['embedded', 'embedded', 'redis']);
    for (const table of tables) {
      for (const phase of PHASES) expect(table).to.match(new RegExp(`^\\| ${phase} +\\| +\\d`, 'm'));
      expect(table).to.match(/RSS at most -?\d+ MB above/);
      const [, acknowledged, stored] = /Of ([\d,]+) acknowledged changes ([\d,]+) records/.exec(table) ?? [];
      expect(acknowledged).to.match(/[1-9]/).and.to.equal(stored);
    }
  });

  it('refuses an outage that takes no time', async () => {
    const options = ['backpressure', '--minutes', '0'];
    const { status, stderr } = await start(options, { cwd: temporaryFolder() }, [process.execPath, MAIN])
      .result;

    expect(stderr).to.contain('above 0');
    expect(status).to.equal(1);
  });
});
