import fs from 'node:fs';
import path from 'node:path';

import { expect } from 'chai';

import { start } from '../cli/command';
import { temporaryFolder } from '../support/servers';

const MAIN = path.join(__dirname, '../../bench/main.js');

/** That each package is found at its work; how long it takes, is for a quiet machine to tell. */
describe('npm run bench profile', function () {
  this.timeout(240_000);

  it('finds whose work the thread does, and ours only where there is an audit', async () => {
    const cwd = temporaryFolder();
    const output = path.join(cwd, 'results.md');

    const options = ['profile', '--quick', '--output', output];
    const { status, stdout } = await start(options, { cwd }, [process.execPath, MAIN]).result;

    expect(status, stdout).to.equal(0);
    const results = fs.readFileSync(output, 'utf8');
    const [plain, embedded] = ['no audit', 'embedded'].map((variant) => {
      const [, cells = ''] =
        new RegExp(`^\\| update, 10 at a time, ${variant} +\\|(.*)\\|$`, 'm').exec(results) ?? [];
      return cells.split('|').map(Number);
    });
    expect(plain?.[0]).to.equal(0);
    for (const share of [embedded?.[0], embedded?.[1], embedded?.[2], plain?.[1], plain?.[2]])
      expect(share).to.be.greaterThan(0);
  });
});
