import { rmSync } from 'node:fs';
import path from 'node:path';

import { expect } from 'chai';

import { audit, auditJson } from './command';
import { applicationFolder, LIBRARY, write } from './shop';

interface Status {
  database: { name: string };
  driver: string;
  directory: string;
}

const instance = (name: string): string => `new Sequelize({ dialect: 'sqlite', storage: '${name}.sqlite' })`;
const REQUIRE = "const { Sequelize } = require('sequelize');\n";
const IMPORT = "import { Sequelize } from 'sequelize';\n";
const sqlite = (name: string): string => JSON.stringify({ dialect: 'sqlite', storage: `${name}.sqlite` });

/** The name of the SQLite file that was found, without what is added for the trail. */
async function found(args: string[], cwd: string, env: NodeJS.ProcessEnv = {}): Promise<string> {
  const { document, stderr } = await auditJson<Status & { error?: unknown }>(['status', ...args], {
    cwd,
    env,
  });
  expect(document.error, stderr).to.equal(undefined);
  return path
    .basename(document.database.name.replace('the SQLite file ', ''))
    .replace(/(\.audits)?\.sqlite$/, '');
}

describe('audit, how it finds the database', () => {
  it('looks at its places in the order that it promises', async () => {
    const cwd = applicationFolder();
    write(cwd, {
      'database.js': `${REQUIRE}module.exports = ${instance('from-module')};`,
      'audit.config.js': "module.exports = { url: 'sqlite:from-js.sqlite' };",
      'audit.config.cjs': "module.exports = { url: 'sqlite:from-cjs.sqlite' };",
      'audit.config.mjs': "export default { url: 'sqlite:from-mjs.sqlite' };",
      'audit.config.json': '{ "url": "sqlite:from-json.sqlite" }',
      '.sequelizerc': "module.exports = { config: require('path').resolve('settings', 'database.json') };",
      'settings/database.json': `{ "development": ${sqlite('from-sequelizerc')} }`,
      'config/config.js': `module.exports = { development: ${sqlite('from-config-js')} };`,
      'config/config.cjs': `module.exports = { development: ${sqlite('from-config-cjs')} };`,
      'config/config.json': `{ "development": ${sqlite('from-config-json')} }`,
    });
    const env: NodeJS.ProcessEnv = {
      DATABASE_URL: 'sqlite:from-variable.sqlite',
    };
    const url = ['--url', 'sqlite:from-url.sqlite'];
    expect(await found(['--module', 'database.js', ...url], cwd, env)).to.equal('from-module');
    expect(await found(url, cwd, env)).to.equal('from-url');
    const files: [string, string][] = [
      ['audit.config.js', 'from-js'],
      ['audit.config.cjs', 'from-cjs'],
      ['audit.config.mjs', 'from-mjs'],
      ['audit.config.json', 'from-json'],
      ['.sequelizerc', 'from-sequelizerc'],
      ['config/config.js', 'from-config-js'],
      ['config/config.cjs', 'from-config-cjs'],
      ['config/config.json', 'from-config-json'],
    ];
    for (const [file, name] of files) {
      expect(await found([], cwd, env)).to.equal(name);
      rmSync(path.join(cwd, file));
    }
    expect(await found([], cwd, env)).to.equal('from-variable');
    expect(await found([], cwd, { AUDIT_DATABASE_URL: 'sqlite:trail.sqlite' })).to.equal('trail');
  });

  it('lists the places when there is no database in any', async () => {
    const { status, document } = await auditJson<{ error: { code: string; message: string } }>(['status'], {
      cwd: applicationFolder(),
    });
    expect(status).to.equal(2);
    expect(document.error.code).to.equal('AUDIT_NO_DATABASE');
    for (const place of [
      '--module',
      '--url',
      'audit.config',
      '.sequelizerc',
      'config/config',
      'DATABASE_URL',
      'AUDIT_DATABASE_URL',
    ])
      expect(document.error.message).to.contain(place);
  });

  const modules: Record<string, string> = {
    'instance.cjs': `${REQUIRE}module.exports = ${instance('found')};`,
    'named.js': `${REQUIRE}exports.sequelize = ${instance('found')};`,
    'models/index.js': `${REQUIRE}module.exports = { Product: class {}, sequelize: ${instance('found')}, Sequelize };`,
    'db.js': `${REQUIRE}exports.db = { sequelize: ${instance('found')} };`,
    'compiled.js': `${REQUIRE}Object.defineProperty(exports, '__esModule', { value: true }); exports.default = ${instance('found')};`,
    'function.js': `${REQUIRE}module.exports = () => ${instance('found')};`,
    'async.mjs': `${IMPORT}export default async () => ${instance('found')};`,
    'default.mjs': `${IMPORT}export default ${instance('found')};`,
    'exported.mjs': `${IMPORT}export const sequelize = ${instance('found')};`,
    'promise.mjs': `${IMPORT}export default async () => ({ sequelize: ${instance('found')} });`,
  };
  for (const [file, text] of Object.entries(modules)) {
    it(`takes the instance that ${file} exports`, async () => {
      const cwd = applicationFolder();
      write(cwd, { [file]: text });
      const name = file.replace(/(\/index)?\.js$/, '');
      expect(await found(['--module', `./${name}`], cwd)).to.equal('found');
    });
  }

  const bad: [what: string, file: string, text: string, message: RegExp][] = [
    ['holds no instance', 'empty.js', 'module.exports = { nothing: 1 };', /gives no Sequelize instance/],
    [
      'throws',
      'broken.js',
      "throw new Error('the moon is down');",
      /broken.js cannot be loaded: the moon is down/,
    ],
    [
      'is TypeScript',
      'database.ts',
      'enum Colour { Red }\nexport default Colour;',
      /Compile it .* or run node with a loader/,
    ],
  ];
  for (const [what, file, text, message] of bad) {
    it(`exits with 2 for a module that ${what}`, async () => {
      const cwd = applicationFolder();
      write(cwd, { [file]: text });
      const { status, stderr } = await audit(['status', '--module', file], { cwd });
      expect(status).to.equal(2);
      expect(stderr).to.match(message);
    });
  }

  it('exits with 2 for a module that is not there', async () => {
    const { status, stderr } = await audit(['status', '--module', 'nowhere.js'], {
      cwd: applicationFolder(),
    });
    expect(status).to.equal(2);
    expect(stderr).to.contain('There is no file nowhere.js.');
  });

  it('takes the settings of configureAudit from the module', async () => {
    const cwd = applicationFolder();
    const text = `${REQUIRE}module.exports = ${instance('found')};
      require(${JSON.stringify(LIBRARY)}).configureAudit(module.exports, { dir: 'elsewhere' });`;
    write(cwd, { 'database.js': text });
    const { document } = await auditJson<Status>(['status', '--module', 'database.js'], { cwd });
    expect(document.directory).to.match(/elsewhere.sqlite-found$/);
    const flags = ['--module', 'database.js', '--dir', 'here', '--driver', 'sync'];
    const overridden = await auditJson<Status>(['status', ...flags], { cwd });
    expect(overridden.document).to.include({ driver: 'sync' });
    expect(overridden.document.directory).to.match(/here.sqlite-found$/);
  });

  it('refuses a database in memory, which no other process sees', async () => {
    const { status, stderr } = await audit(['migrate', '--url', 'sqlite::memory:'], {
      cwd: applicationFolder(),
    });
    expect(status).to.equal(2);
    expect(stderr).to.contain('in memory').and.contain('[AUDIT_NO_DATABASE]');
  });

  describe('in an audit.config file', () => {
    const exported: Record<string, string> = {
      'a module': "module.exports = { module: './database.js' };",
      'an instance': "module.exports = { sequelize: require('./database.js') };",
      'a function': "module.exports = async () => ({ sequelize: () => require('./database.js') });",
    };
    for (const [what, text] of Object.entries(exported)) {
      it(`takes ${what}`, async () => {
        const cwd = applicationFolder();
        write(cwd, {
          'database.js': `${REQUIRE}module.exports = ${instance('found')};`,
          'audit.config.cjs': text,
        });
        expect(await found([], cwd)).to.equal('found');
      });
    }

    it('takes settings, which stand above the environment and below the flags', async () => {
      const cwd = applicationFolder();
      write(cwd, { 'audit.config.cjs': "module.exports = { url: process.env.UNSET, dir: 'configured' };" });
      const env = { DATABASE_URL: 'sqlite:shop.sqlite', AUDIT_DIR: 'environment' };
      const directory = async (...args: string[]): Promise<string> =>
        path.basename(
          path.dirname((await auditJson<Status>(['status', ...args], { cwd, env })).document.directory),
        );
      expect(await directory()).to.equal('configured');
      expect(await directory('--dir', 'flag')).to.equal('flag');
      rmSync(path.join(cwd, 'audit.config.cjs'));
      expect(await directory()).to.equal('environment');
    });

    it('takes databaseUrl for a database, where no other is found', async () => {
      const cwd = applicationFolder();
      write(cwd, { 'audit.config.json': '{ "databaseUrl": "sqlite:trail.sqlite" }' });
      expect(await found([], cwd)).to.equal('trail');
    });

    it('exits with 2 for an unknown key, and suggests the nearest', async () => {
      for (const [key, meant] of [
        ['drvier', 'driver'],
        ['ulr', 'url'],
      ] as const) {
        const cwd = applicationFolder();
        write(cwd, { 'audit.config.json': JSON.stringify({ [key]: 'redis' }) });
        const { status, stderr } = await audit(['status', '--url', 'sqlite:shop.sqlite'], { cwd });
        expect(status).to.equal(2);
        expect(stderr).to.contain(`Unknown option "${key}". Did you mean "${meant}"? [AUDIT_OPTION]`);
      }
    });

    it('exits with 2 for what is no object, or holds what is no text', async () => {
      for (const text of ['module.exports = 7;', 'module.exports = { url: 7 };', 'module.exports = {']) {
        const cwd = applicationFolder();
        write(cwd, { 'audit.config.cjs': text });
        const { status, stderr } = await audit(['status'], { cwd });
        expect(status).to.equal(2);
        expect(stderr).to.contain('audit.config.cjs');
      }
    });
  });

  describe("with sequelize-cli's configuration", () => {
    const environments = `{
      "development": ${sqlite('of-development')},
      "test": { "dialect": "sqlite", "url": "sqlite:of-test.sqlite" },
      "production": { "use_env_variable": "SHOP_URL", "dialectOptions": {} }
    }`;

    it('takes the environment of --env, else of NODE_ENV, else development', async () => {
      const cwd = applicationFolder();
      write(cwd, { 'config/config.json': environments });
      expect(await found([], cwd)).to.equal('of-development');
      expect(await found([], cwd, { NODE_ENV: 'test' })).to.equal('of-test');
      const env = { NODE_ENV: 'test', SHOP_URL: 'sqlite:of-production.sqlite' };
      expect(await found(['--env', 'production'], cwd, env)).to.equal('of-production');
    });

    it('takes a function, and a file without environments', async () => {
      const cwd = applicationFolder();
      write(cwd, { 'config/config.js': `module.exports = async () => (${environments});` });
      expect(await found([], cwd)).to.equal('of-development');
      write(cwd, { 'config/config.js': `module.exports = ${sqlite('of-all')};` });
      expect(await found([], cwd)).to.equal('of-all');
    });

    it('exits with 2 for an unknown environment or an unset variable', async () => {
      const cwd = applicationFolder();
      write(cwd, { 'config/config.json': environments });
      const unknown = await audit(['status', '--env', 'prodution'], { cwd });
      expect(unknown.status).to.equal(2);
      expect(unknown.stderr).to.contain('no environment "prodution". Did you mean "production"?');
      const unset = await audit(['status', '--env', 'production'], { cwd });
      expect(unset.status).to.equal(2);
      expect(unset.stderr).to.contain('SHOP_URL, which is not set');
    });
  });
});
