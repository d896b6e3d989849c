import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';

import { expect } from 'chai';

import { createDatabase, servers } from '../support/servers';
import { createConsumer, ROOT } from './consumer';
import type { Consumer } from './consumer';

const SCRIPT = `
async function main() {
  const sequelize = new Sequelize({ dialect: 'sqlite', storage: process.argv[2], logging: false });
  const trail = configureAudit(sequelize, { dir: process.argv[2] + '.audit' });
  const Product = withAudit(sequelize.define('Product', { name: DataTypes.STRING, price: DataTypes.INTEGER }, { timestamps: false }));
  await sequelize.sync();
  await trail.migrate();
  const worker = await startAuditWorker({ inThread: true });
  const product = await Product.create({ name: 'Tea', price: 1000 });
  await product.update({ price: 1200 });
  await product.destroy();
  await trail.flush({ stored: true });
  const audits = await product.getAudits();
  console.log(JSON.stringify(audits.map((audit) => [audit.event, audit.oldValues, audit.newValues])));
  await worker.stop();
}
main();
`;
const EXPECTED = [
  ['created', null, { id: 1, name: 'Tea', price: 1000 }],
  ['updated', { price: 1000 }, { price: 1200 }],
  ['deleted', { id: 1, name: 'Tea', price: 1200 }, null],
];
const NAMES = '{ configureAudit, withAudit, startAuditWorker }';

describe('the packed tarball, installed in an empty folder', function () {
  this.timeout(180_000);
  let consumer: Consumer;
  before(async () => {
    consumer = await createConsumer();
  });

  it('holds the build, the documents and nothing else', () => {
    const installed = path.join(consumer.folder, 'node_modules/sequelize-async-audit');
    expect(fs.readdirSync(installed).sort()).to.deep.equal(
      ['ARCHITECTURE.md', 'CHANGELOG.md', 'LICENSE', 'README.md', 'dist', 'docs', 'package.json'].sort(),
    );
    expect(fs.readdirSync(path.join(installed, 'dist')).sort()).to.deep.equal([
      'cli',
      'lib',
      'migrations',
      'viewer',
    ]);
    expect(fs.readdirSync(path.join(installed, 'dist/viewer')).sort()).to.deep.equal([
      'app.css',
      'app.js',
      'index.html',
      'licenses.txt',
    ]);
    // Pictures are for who reads the repository.
    expect(fs.readdirSync(path.join(installed, 'docs')))
      .to.include('viewer.md')
      .and.not.include('screenshots');
  });

  it('runs a CommonJS script, which ends by itself', async () => {
    const head = `const { Sequelize, DataTypes } = require('sequelize');\nconst ${NAMES} = require('sequelize-async-audit');`;
    consumer.write('script.cjs', head + SCRIPT);
    expect(JSON.parse(await consumer.node(['script.cjs', 'cjs.sqlite']))).to.deep.equal(EXPECTED);
  });

  it('runs an ES module', async () => {
    const head = `import { Sequelize, DataTypes } from 'sequelize';\nimport ${NAMES} from 'sequelize-async-audit';`;
    consumer.write('script.mjs', head + SCRIPT);
    expect(JSON.parse(await consumer.node(['script.mjs', 'mjs.sqlite']))).to.deep.equal(EXPECTED);
  });

  it('keeps one state for both, in one process', async () => {
    consumer.write(
      'both.mjs',
      `import { createRequire } from 'node:module';
       import { configureAudit } from 'sequelize-async-audit';
       console.log(createRequire(import.meta.url)('sequelize-async-audit').configureAudit === configureAudit);`,
    );
    expect((await consumer.node(['both.mjs'])).trim()).to.equal('true');
  });

  it('has an entry for each web framework, which needs none of them', async () => {
    const names = ['express', 'fastify', 'koa', 'nest', 'viewer'];
    consumer.write(
      'web.cjs',
      names.map((name) => shown(`require('sequelize-async-audit/${name}')`)).join(';'),
    );
    consumer.write(
      'web.mjs',
      names.map((name) => shown(`await import('sequelize-async-audit/${name}')`)).join(';'),
    );
    const both = 'auditContext,auditViewer';
    const expected = [both, both, both, `AuditContextInterceptor,${both}`, 'auditViewer'];
    for (const file of ['web.cjs', 'web.mjs']) {
      expect((await consumer.node([file])).trim().split('\n')).to.deep.equal(expected);
    }
  });

  for (const type of ['commonjs', 'module']) {
    it(`compiles a strict TypeScript script for ${type}, and runs it`, async () => {
      const folder = `ts-${type}`;
      fs.mkdirSync(path.join(consumer.folder, folder));
      consumer.write(`${folder}/package.json`, JSON.stringify({ type }));
      const options = {
        strict: true,
        target: 'es2022',
        module: 'node20',
        moduleResolution: 'node16',
        skipLibCheck: false,
        types: ['node'],
      };
      consumer.write(`${folder}/tsconfig.json`, JSON.stringify({ compilerOptions: options }));
      const typed = SCRIPT.replace('const audits =', 'const audits: Audit[] =').replaceAll(
        'process.argv[2]',
        'process.argv[2]!',
      );
      const head = `import { Sequelize, DataTypes } from 'sequelize';\nimport ${NAMES} from 'sequelize-async-audit';
        import type { Audit } from 'sequelize-async-audit';`;
      consumer.write(`${folder}/script.ts`, head + typed);
      consumer.write(`${folder}/web.ts`, WEB);
      const compiled = consumer.node(['node_modules/typescript/bin/tsc', '-p', folder]);
      await compiled.catch((error: Error & { stdout?: string }) =>
        expect.fail(error.stdout || error.message),
      );
      expect(JSON.parse(await consumer.node([`${folder}/script.js`, `${folder}.sqlite`]))).to.deep.equal(
        EXPECTED,
      );
    });
  }

  it("prints what the README's first example says", async () => {
    const readme = fs.readFileSync(path.join(ROOT, 'README.md'), 'utf8');
    const [, code = '', output = ''] = /```js\n(.*?)```\s+prints\s+```\n(.*?)```/s.exec(readme) ?? [];
    expect(code).to.contain('withAudit');
    consumer.write('readme.cjs', code);
    expect(await consumer.node(['readme.cjs'])).to.equal(output);
  });

  for (const dialect of ['postgres', 'mariadb'] as const) {
    it(`works on ${dialect} with driver redis, audit migrate and audit work, and an Express request's context`, async () => {
      const database = await createDatabase(dialect);
      const environment = {
        DATABASE_URL: database.url.replace(/^mysql:/, 'mariadb:'),
        AUDIT_DRIVER: 'redis',
        AUDIT_REDIS_URL: servers().redis,
        AUDIT_REDIS_KEY: `tarball-${dialect}-${process.pid}`,
        AUDIT_DIR: `audit-${dialect}`,
      };
      await consumer.bin('audit', ['migrate'], environment);
      const worker = spawn(path.join(consumer.folder, 'node_modules/.bin/audit'), ['work'], {
        cwd: consumer.folder,
        env: { ...process.env, ...environment },
        stdio: ['ignore', 'ignore', 'inherit'],
      });
      const ended = once(worker, 'exit');
      try {
        consumer.write('shop.cjs', SHOP);
        const audits: unknown = JSON.parse(await consumer.node(['shop.cjs'], environment));
        expect(audits).to.deep.equal([
          ['created', null, null, null, null],
          ['updated', { price: 1 }, { price: 2 }, '7', '/products/1?token=[redacted]'],
          ['deleted', { id: 1, name: 'Tea ☕', price: 2 }, null, '7', '/products/1'],
        ]);
      } finally {
        worker.kill('SIGTERM');
      }
      expect(await ended).to.deep.equal([0, null]);
      await database.drop();
    });
  }
});

function shown(entry: string): string {
  return `console.log(Object.keys(${entry}).sort().join())`;
}

/** The types of the web frameworks are not installed here. */
const WEB = `
import { auditContext as express } from 'sequelize-async-audit/express';
import { auditContext as fastify } from 'sequelize-async-audit/fastify';
import { auditContext as koa } from 'sequelize-async-audit/koa';
import { AuditContextInterceptor, auditContext as nest } from 'sequelize-async-audit/nest';
import type { AuditContextOptions, RequestLike } from 'sequelize-async-audit/nest';
import { auditViewer as viewOnExpress } from 'sequelize-async-audit/express';
import { auditViewer as viewOnFastify } from 'sequelize-async-audit/fastify';
import { auditViewer as viewOnKoa } from 'sequelize-async-audit/koa';
import { auditViewer as viewOnNest } from 'sequelize-async-audit/nest';
import { auditViewer as viewer } from 'sequelize-async-audit/viewer';
import type { ViewerAccess } from 'sequelize-async-audit/viewer';

interface MyRequest extends RequestLike { account: { id: string } }
const options: AuditContextOptions<MyRequest> = {
  user: (request) => ({ type: 'Account', id: request.account.id }),
  context: () => ({ tags: ['web'] }),
};
const access: ViewerAccess = { models: ['Order'], attributes: { Order: ['price'] }, user: { id: 1 } };
const authorize = () => access;
export const viewers = [viewOnExpress({ authorize }), viewOnFastify, viewOnKoa({ authorize }), viewOnNest({ authorize }), viewer({ authorize, path: '/audit' })];
export const used = [express(options), fastify, koa(), nest(options), new AuditContextInterceptor(options)];
`;

const SHOP = `
const express = require('express');
const { Sequelize, DataTypes } = require('sequelize');
const { configureAudit, withAudit } = require('sequelize-async-audit');
const { auditContext } = require('sequelize-async-audit/express');
async function main() {
  const sequelize = new Sequelize(process.env.DATABASE_URL, { logging: false });
  const trail = configureAudit(sequelize);
  const columns = { name: DataTypes.STRING, price: DataTypes.INTEGER };
  const Product = withAudit(sequelize.define('Product', columns, { timestamps: false }));
  await sequelize.sync();
  const product = await Product.create({ name: 'Tea ☕', price: 1 });
  const app = express();
  app.use(auditContext());
  app.use((request, response, next) => { request.user = { id: 7 }; next(); });
  app.use(express.json());
  app.patch('/products/:id', async (request, response) => response.json(await product.update(request.body)));
  app.delete('/products/:id', async (request, response) => { await product.destroy(); response.end(); });
  const server = app.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const url = 'http://127.0.0.1:' + server.address().port + '/products/1';
  const headers = { 'content-type': 'application/json' };
  await (await fetch(url + '?token=abc', { method: 'PATCH', headers, body: '{"price":2}' })).text();
  await (await fetch(url, { method: 'DELETE' })).text();
  server.close();
  await trail.flush({ stored: true });
  const audits = await product.getAudits();
  const shown = audits.map((a) => [a.event, a.oldValues, a.event === 'created' ? null : a.newValues, a.userId, a.url]);
  console.log(JSON.stringify(shown));
  await trail.close();
  await sequelize.close();
}
main();
`;
