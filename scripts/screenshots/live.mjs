import { createRequire } from 'node:module';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { uuidv7 } from 'uuidv7';

const require = createRequire(import.meta.url);
const { Batch } = require('../../dist/lib/record/batch.js');
const { encodeLine } = require('../../dist/lib/record/wire.js');
const { DiskStore } = require('../../dist/lib/worker/disk-store.js');

/** Sells for so many seconds, now more and now less, so that there is something to see. */
export async function sell({ models, as }, seconds) {
  const until = Date.now() + seconds * 1000;
  const product = await models.Product.create({ name: 'Assam Mangalam', price: '12.90', stock: 100_000 });
  for (let second = 0; Date.now() < until; second += 1) {
    const sales = Math.round(60 + 45 * Math.sin(second / 4) + 20 * Math.sin(second * 1.7));
    await as({ url: '/checkout', tags: ['web shop'] }, async () => {
      for (let sale = 0; sale < sales; sale += 1) await product.decrement({ stock: 1 });
    });
    await delay(1000 - (Date.now() % 1000));
  }
}

/** Puts records where a worker puts those that the database does not take, for now or at all. */
export function setAside(trail) {
  const put = (folder, records, reason) => {
    const store = new DiskStore(path.join(trail.settings.dir, folder));
    store.put(Batch.fromLines(records.map(encodeLine)), new Error(reason));
    store.endLane();
  };
  put(
    'rescue',
    [41, 40].map((stock) => change('Product', '5', { stock: stock + 1 }, { stock })),
    'connect ECONNREFUSED 10.20.0.5:5432',
  );
  put(
    'buried',
    [change('Order', '17', { state: 'open' }, { state: 'sent', note: 'left with the neighbour \u0000' })],
    'invalid byte sequence for encoding "UTF8": 0x00',
  );
}

function change(auditableType, auditableId, oldValues, newValues) {
  const nothing = Object.fromEntries(
    [
      ...['parentType', 'parentId', 'userType', 'userId', 'url', 'ipAddress', 'userAgent'],
      ...['requestId', 'transactionId', 'tags', 'context'],
    ].map((name) => [name, null]),
  );
  return {
    ...nothing,
    id: uuidv7(),
    event: 'updated',
    auditableType,
    auditableId,
    oldValues,
    newValues,
    createdAt: Date.now() * 1000,
  };
}
