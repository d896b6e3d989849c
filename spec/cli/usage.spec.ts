import { readFileSync } from 'node:fs';
import path from 'node:path';

import { expect } from 'chai';

import { temporaryFolder } from '../support/servers';
import { audit, auditJson, start } from './command';
import { applicationFolder, recordChanges, rescue, record, write } from './shop';

const COMMANDS = [
  'init',
  'migrate',
  'work',
  'recover',
  'prune',
  'status',
  'doctor',
  'log',
  'tail',
  'export',
  'revert',
  'undelete',
  'ui',
];
/** No server listens at port 1. */
const UNREACHABLE = 'postgres://shop:se%63ret-secret@127.0.0.1:1/shop';

interface ErrorDocument {
  error: { code: string; message: string };
}

describe('audit, how it is used', () => {
  it('shows the commands of this release in its help, with an example', async () => {
    const { status, stdout } = await audit(['--help'], { cwd: temporaryFolder() });
    expect(status).to.equal(0);
    for (const command of COMMANDS) expect(stdout).to.match(new RegExp(`^  ${command}\\b`, 'm'));
    expect(stdout).to.match(/Examples:\n {2}\$ audit /);
  });

  for (const command of COMMANDS) {
    it(`shows an example and the database options in the help of ${command}`, async () => {
      const { status, stdout } = await audit([command, '--help'], { cwd: temporaryFolder() });
      expect(status).to.equal(0);
      expect(stdout).to.match(new RegExp(`Examples:\n  \\$ audit ${command}`));
      for (const option of ['--module', '--url', '--json', '--log-level']) expect(stdout).to.contain(option);
    });
  }

  it('knows its version', async () => {
    const file = path.join(__dirname, '../../../package.json');
    const { version } = JSON.parse(readFileSync(file, 'utf8')) as { version: string };
    const { status, stdout } = await audit(['--version'], { cwd: temporaryFolder() });
    expect({ status, stdout }).to.deep.equal({ status: 0, stdout: `${version}\n` });
  });

  const wrong: [what: string, args: string[], message: RegExp][] = [
    ['no command', [], /no command/],
    ['an unknown command', ['stauts'], /unknown command 'stauts' \(Did you mean status\?\)/],
    ['an unknown option', ['prune', '--dry-rum'], /unknown option '--dry-rum' \(Did you mean --dry-run\?\)/],
    ['one argument too many', ['status', 'now'], /too many arguments/],
    ['a bad number', ['prune', '--days', 'many'], /'many' is invalid. It must be a number/],
    ['a bad choice', ['work', '--driver', 'reddis'], /Allowed choices are sync, embedded, redis/],
    ['a bad log level', ['status', '--log-level', 'loud'], /Allowed choices are error, warn/],
    ['a bad direction', ['migrate', 'sideways'], /Allowed choices are up, down, status/],
    ['an option of another direction', ['migrate', 'up', '--all'], /--all and --yes are for/],
  ];
  for (const [what, args, message] of wrong) {
    it(`exits with 2 for ${what}, with and without --json`, async () => {
      const cwd = temporaryFolder();
      const [plain, { status, document }] = await Promise.all([
        audit(args, { cwd }),
        auditJson<ErrorDocument>(args, { cwd }),
      ]);
      expect(plain.status).to.equal(2);
      expect(plain.stdout).to.equal('');
      expect(plain.stderr)
        .to.match(message)
        .and.match(/^audit: .* \[AUDIT_USAGE\]\n$/m);
      expect(status).to.equal(2);
      expect(document.error.code).to.equal('AUDIT_USAGE');
      expect(document.error.message).to.be.a('string').and.not.equal('');
    });
  }

  it('exits with 2 for an option without its value', async () => {
    const { status, stderr } = await audit(['status', '--url'], { cwd: temporaryFolder() });
    expect(status).to.equal(2);
    expect(stderr).to.contain('argument missing').and.contain('[AUDIT_USAGE]');
  });

  it('exits with 2 for a bad value in the environment, and names the variable', async () => {
    const env = { DATABASE_URL: 'sqlite:shop.sqlite', AUDIT_BATCH_SIZE: 'lots' };
    const { status, document } = await auditJson<ErrorDocument>(['status'], { cwd: temporaryFolder(), env });
    expect(status).to.equal(2);
    expect(document.error.code).to.equal('AUDIT_OPTION');
    expect(document.error.message).to.contain('AUDIT_BATCH_SIZE');
  });

  it('exits with 2 for a URL of no database that it knows', async () => {
    const { status, stderr } = await audit(['status', '--url', 'cassandra://u:geheim@h/db'], {
      cwd: temporaryFolder(),
    });
    expect(status).to.equal(2);
    expect(stderr).to.contain('[AUDIT_DIALECT]').and.not.contain('geheim');
  });

  it('exits with 1 when the tables are missing, and says what to do', async () => {
    for (const command of ['work', 'prune']) {
      const args = [command, '--url', 'sqlite:shop.sqlite'];
      const { status, document } = await auditJson<ErrorDocument>(args, { cwd: temporaryFolder() });
      expect(status).to.equal(1);
      expect(document.error).to.include({ code: 'AUDIT_NOT_MIGRATED' });
      expect(document.error.message).to.contain('npx audit migrate');
    }
  });

  it('shows a stack only at log level debug', async () => {
    const args = ['prune', '--url', UNREACHABLE];
    const quiet = await audit(args, { cwd: temporaryFolder() });
    expect(quiet.stderr).to.match(/^audit: .*cannot be reached.*\[AUDIT_DATABASE\]\n$/);
    const loud = await audit([...args, '--log-level', 'debug'], { cwd: temporaryFolder() });
    expect(loud.stderr).to.match(/\n {4}at .*\n/);
  });

  it('prints nothing but its document on stdout, whatever the application prints', async () => {
    const cwd = applicationFolder();
    const noisy = `
      console.log('the application begins'); console.info('its settings'); console.debug('its secrets');
      const { Sequelize } = require('sequelize');
      module.exports = new Sequelize({ dialect: 'sqlite', storage: 'shop.sqlite' });`;
    write(cwd, { 'database.js': noisy });
    for (const args of [
      ['migrate', '--driver', 'sync'],
      ['prune', '--driver', 'sync'],
      ['status', '--driver', 'sync'],
    ]) {
      const { status, stderr } = await auditJson([...args, '--module', 'database.js'], { cwd });
      expect(status, stderr).to.equal(0);
      expect(stderr).to.contain('the application begins');
    }
  });

  it('ends although the application keeps something open', async () => {
    const cwd = applicationFolder();
    const server = `
      require('node:net').createServer().listen(0);
      const { Sequelize } = require('sequelize');
      module.exports = new Sequelize({ dialect: 'sqlite', storage: 'shop.sqlite' });`;
    write(cwd, { 'database.js': server });
    const { status, stdout } = await audit(['migrate', '--module', 'database.js'], { cwd });
    expect(status).to.equal(0);
    expect(stdout).to.contain('Migrated');
  });

  it('ends quietly when nobody reads what it prints', async () => {
    const running = start(['--help'], { cwd: temporaryFolder() });
    running.child.stdout.destroy();
    const { status, stderr } = await running.result;
    expect({ status, stderr }).to.deep.equal({ status: 0, stderr: '' });
  });

  it('never prints a password, at no log level', async () => {
    const cwd = applicationFolder();
    await recordChanges(cwd, 1);
    rescue(cwd, [record()]);
    const env = { AUDIT_REDIS_URL: 'redis://:other-secret@127.0.0.1:1' };
    const all = [
      ['migrate'],
      ['migrate', 'status'],
      ['recover'],
      ['prune'],
      ['status'],
      ['status', '--driver', 'redis'],
    ];
    const shared = ['--url', UNREACHABLE, '--log-level', 'debug'];
    const results = await Promise.all([
      ...all.map((args) => audit([...args, ...shared], { cwd, env })),
      audit(['init', '--url', UNREACHABLE], { cwd, env }),
      audit([`--ulr=${UNREACHABLE}`, 'status'], { cwd, env }),
      audit([UNREACHABLE], { cwd, env }),
    ]);
    for (const { stdout, stderr } of results) {
      expect(stdout + stderr).to.not.equal('');
      expect(stdout + stderr).to.not.contain('secret');
    }
    expect(readFileSync(path.join(cwd, 'audit.config.cjs'), 'utf8')).to.not.contain('secret');
  });
});
