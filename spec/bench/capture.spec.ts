import fs from 'node:fs';
import path from 'node:path';

import { expect } from 'chai';

import { start } from '../cli/command';
import { temporaryFolder } from '../support/servers';

const MAIN = path.join(__dirname, '../../bench/main.js');

/** That the benchmark runs and writes what it finds; how fast anything is depends on the machine, and on the day. */
describe('npm run bench capture', function () {
  this.timeout(120_000);

  it('prints a table and writes its section, and every operation is recorded', async () => {
    const cwd = temporaryFolder();
    const output = path.join(cwd, 'results.md');
    fs.writeFileSync(output, '# Results\n\n## drain\n\nas it was\n');

    const options = ['capture', '--quick', '--database', 'sqlite', '--output', output];
    const { status, stdout, stderr } = await start(options, { cwd }, [process.execPath, MAIN]).result;

    expect(stderr).to.equal('');
    expect(stdout)
      .to.match(/capture: sqlite [\d.]+\n/)
      .and.match(/│ Model\.update, 10,000 rows +│ +\d/);
    expect(stdout).to.not.match(/not recorded|records of/);
    expect(status, stdout).to.equal(0);
    const results = fs.readFileSync(output, 'utf8');
    expect(results).to.match(
      /^# Results\n\n## drain\n\nas it was\n\n## capture\n\n[\d-]+, .*Node\.js [\d.]+/,
    );
    expect(results)
      .to.match(/^\| increment +\| +\d+ \|/m)
      .and.match(/^\| audited +\| +\d+ \|/m);
  });

  it('refuses a database or a part that there is not', async () => {
    const cwd = temporaryFolder();
    const refusal = (args: string[]) => start(args, { cwd }, [process.execPath, MAIN]).result;

    const [database, part] = await Promise.all([
      refusal(['capture', '--database', 'oracle']),
      refusal(['speed']),
    ]);

    expect(database.stderr).to.contain('There is no database "oracle"');
    expect(part.stderr).to.contain('Allowed choices are capture');
    expect([database.status, part.status]).to.deep.equal([1, 1]);
  });
});
