import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';

import { expect } from 'chai';

import { Database, openUrl } from '../../lib/storage/database';
import { temporaryFolder } from '../support/servers';

/** An application that tells when its worker has something to store, and then does what it is told. */
const APPLICATION = `
  const { Sequelize, DataTypes } = require('sequelize');
  const { configureAudit, startAuditWorker, withAudit } = require(${JSON.stringify(path.join(__dirname, '../../lib'))});
  const main = async () => {
    const sequelize = new Sequelize({ dialect: 'sqlite', storage: 'shop.sqlite', logging: false });
    const trail = configureAudit(sequelize, { dir: 'audit', logLevel: 'silent' });
    const Item = withAudit(sequelize.define('Item', { name: DataTypes.STRING }));
    await sequelize.sync();
    await trail.migrate();
    const worker = await startAuditWorker();
    process.on('message', async (what) => {
      if (what === 'write') {
        await Item.bulkCreate(Array.from({ length: 50 }, (_, name) => ({ name: String(name) })));
        return process.send('written');
      }
      if (what === 'exit') process.exit(0);
      await worker.stop({ graceMs: 300 });
      process.disconnect();
    });
    process.send('ready');
  };
  main();`;

/** While a statement of sqlite3's is under way in a thread, its end would be that of the process (SIGABRT). */
describe('an application that ends while its worker’s thread waits for SQLite’s lock', () => {
  for (const way of ['exit', 'stop']) {
    it(`ends as it is told, by ${way}`, async function () {
      this.timeout(60_000);
      const cwd = temporaryFolder();
      const child = spawn(process.execPath, ['-e', APPLICATION], {
        cwd,
        env: { ...process.env, NODE_PATH: path.join(__dirname, '../../../node_modules') },
        stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      });
      const ended = once(child, 'exit') as Promise<[code: number | null, signal: string | null]>;
      await once(child, 'message');
      const trail = new Database(openUrl(`sqlite:${path.join(cwd, 'shop.audits.sqlite')}`), true);
      await trail.transaction(async () => {
        child.send('write');
        await once(child, 'message');
        child.send(way);
        expect(await ended).to.deep.equal([0, null]);
      });
      await trail.close();
    });
  }
});
