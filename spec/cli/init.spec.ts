import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

import { expect } from 'chai';

import { audit, auditJson } from './command';
import { applicationFolder, write } from './shop';

const read = (cwd: string, file: string): string => readFileSync(path.join(cwd, file), 'utf8');
/** What the written file exports, in another process: files are cached in this one. */
const configIn = (cwd: string, env: NodeJS.ProcessEnv = {}): unknown => {
  const script = "process.stdout.write(JSON.stringify(require('./audit.config.cjs')))";
  return JSON.parse(execFileSync(process.execPath, ['-e', script], { cwd, env, encoding: 'utf8' }));
};

describe('audit init', () => {
  it('writes a configuration with a placeholder, and tells the next steps', async () => {
    const cwd = applicationFolder();
    const { status, stdout } = await audit(['init'], { cwd });
    expect(status).to.equal(0);
    for (const step of ['audit.config.cjs', 'npx audit migrate', 'withAudit', 'npx audit work'])
      expect(stdout).to.contain(step);
    expect(configIn(cwd, { DATABASE_URL: 'sqlite:placeholder.sqlite' })).to.deep.equal({
      url: 'sqlite:placeholder.sqlite',
    });
    expect(existsSync(path.join(cwd, '.gitignore'))).to.equal(false);
  });

  it('writes a configuration that the other commands understand', async () => {
    const cwd = applicationFolder();
    const { document } = await auditJson<object>(['init', '--url', 'sqlite:shop.sqlite'], { cwd });
    expect(document).to.deep.equal({
      written: ['audit.config.cjs'],
      database: '--url',
      next: ['npx audit migrate', 'withAudit(YourModel)', 'npx audit work'],
    });
    expect((await audit(['migrate'], { cwd })).status).to.equal(0);
    expect(existsSync(path.join(cwd, 'shop.audits.sqlite'))).to.equal(true);
  });

  it('refers to what it found', async () => {
    const withModule = applicationFolder();
    write(withModule, { 'src/database.js': 'module.exports = {};' });
    await audit(['init', '--module', 'src/database.js'], { cwd: withModule });
    expect(configIn(withModule)).to.deep.equal({ module: './src/database.js' });

    const withVariable = applicationFolder();
    const env = { DATABASE_URL: 'postgres://shop:geheim@localhost/shop' };
    await audit(['init'], { cwd: withVariable, env });
    expect(read(withVariable, 'audit.config.cjs'))
      .to.contain('process.env.DATABASE_URL')
      .and.not.contain('geheim');

    const withConfig = applicationFolder();
    write(withConfig, {
      'config/config.json': '{ "development": { "dialect": "sqlite", "storage": "shop.sqlite" } }',
    });
    await audit(['init'], { cwd: withConfig });
    expect(configIn(withConfig)).to.deep.equal({});
    expect(read(withConfig, 'audit.config.cjs')).to.contain('config/config.json');
    expect((await audit(['migrate'], { cwd: withConfig })).stdout).to.contain('shop.audits.sqlite');
  });

  it('overwrites nothing without --force', async () => {
    const cwd = applicationFolder();
    write(cwd, { 'audit.config.cjs': '// mine\n' });
    const refused = await audit(['init'], { cwd });
    expect(refused.status).to.equal(2);
    expect(refused.stderr).to.contain('--force');
    expect(read(cwd, 'audit.config.cjs')).to.equal('// mine\n');
    expect((await audit(['init', '--force'], { cwd })).status).to.equal(0);
    expect(read(cwd, 'audit.config.cjs')).to.contain('module.exports');
  });

  it('writes no second configuration beside one of another kind', async () => {
    const cwd = applicationFolder();
    write(cwd, { 'audit.config.mjs': 'export default {};' });
    expect((await audit(['init', '--force'], { cwd })).status).to.equal(2);
    expect(existsSync(path.join(cwd, 'audit.config.cjs'))).to.equal(false);
  });

  it('keeps .audit/ out of git, once', async () => {
    const cwd = applicationFolder();
    mkdirSync(path.join(cwd, '.git'));
    write(cwd, { '.gitignore': 'node_modules' });
    const { document } = await auditJson<{ written: string[] }>(['init'], { cwd });
    expect(document.written).to.deep.equal(['audit.config.cjs', '.gitignore']);
    expect(read(cwd, '.gitignore')).to.equal('node_modules\n.audit/\n');
    await audit(['init', '--force'], { cwd });
    expect(read(cwd, '.gitignore')).to.equal('node_modules\n.audit/\n');
  });

  it('leaves .gitignore alone where the repository ignores .audit/ further up', async () => {
    const cwd = applicationFolder();
    mkdirSync(path.join(cwd, '.git'));
    write(cwd, { '.gitignore': '.audit/\n', 'packages/shop/package.json': '{}' });
    const shop = path.join(cwd, 'packages/shop');
    expect((await audit(['init'], { cwd: shop })).status).to.equal(0);
    expect(existsSync(path.join(shop, '.gitignore'))).to.equal(false);
  });
});
