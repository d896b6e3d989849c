import { once } from 'node:events';
import { mkdirSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';

import express from 'express';
import { Sequelize } from 'sequelize';

import { defineModels } from './models.mjs';

const require = createRequire(import.meta.url);
const {
  configureAudit,
  runWithAuditContext,
  startAuditWorker,
  withAudit,
} = require('../../dist/lib/index.js');
const { auditViewer } = require('../../dist/lib/integrations/express.js');

/** The shop on a new database, with a worker, and at `url` its viewer, for the first of its users. */
export async function startShop() {
  // The pages tell where the database is, so it has a name that is the same each time.
  const folder = path.join(tmpdir(), 'tea-shop');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  const storage = path.join(folder, 'shop.sqlite');
  const sequelize = new Sequelize({ dialect: 'sqlite', storage, logging: false });
  const models = defineModels(sequelize);
  const { User, Customer, Product, Order, OrderLine } = models;
  const trail = configureAudit(sequelize, {
    dir: path.join(folder, '.audit'),
    flushInterval: 0.05,
    // What is rescued is to be seen.
    recoverSchedule: '0 0 1 1 *',
    userModel: { User, Customer },
  });
  for (const model of [Customer, Product, Order]) withAudit(model);
  withAudit(OrderLine, { parent: 'order' });
  await sequelize.sync();
  await trail.migrate();
  const worker = await startAuditWorker({ sequelize, inThread: false });
  const server = express()
    .use(
      '/audit',
      auditViewer({ trail, allowRevert: true, authorize: () => ({ user: { type: 'User', id: 1 } }) }),
    )
    .listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    models,
    trail,
    url: `http://127.0.0.1:${server.address().port}/audit/`,
    as: runWithAuditContext,
    async close() {
      server.close();
      server.closeAllConnections();
      await worker.stop();
      await trail.close();
      await sequelize.close();
      rmSync(folder, { recursive: true });
    },
  };
}
