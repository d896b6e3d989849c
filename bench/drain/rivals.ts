import { Redis } from 'ioredis';

import type { Contender } from './contender';
import { close } from './home';
import type { Home } from './home';
import { pieces } from './records';

/** They are slow: so much of what the others do makes a lap of the same length. */
const SHARE = 0.1;
const BATCH = 100;
const LIST = 'model-system:audits';

/** The loop of the system that this package is modelled on: JSON from a list, one LPOP each, and a bulk insert for every hundred. */
export async function modelLoop(home: Home): Promise<Contender> {
  const client = new Redis(await home.bench.servers.redisUrl());
  const trail = home.open({});
  return {
    name: 'LPOP one by one, bulkCreate of 100',
    kind: 'rival',
    connections: 1,
    share: SHARE,
    trail,
    async prepare(count) {
      const texts = home.records.slice(0, count).map((record) => JSON.stringify(valuesOf(record)));
      for (const piece of pieces(texts, 1000)) await client.rpush(LIST, ...piece);
    },
    async run() {
      for (let full = true; full;) {
        const records: ReturnType<typeof valuesOf>[] = [];
        while (records.length < BATCH) {
          const text = await client.lpop(LIST);
          if (text === null) break;
          records.push(JSON.parse(text) as ReturnType<typeof valuesOf>);
        }
        full = records.length === BATCH;
        if (records.length > 0) await trail.Audit.bulkCreate(records);
      }
    },
    async close() {
      client.disconnect();
      await close(trail);
    },
  };
}

/** What Sequelize itself makes of the same records, from memory. */
export function bulkCreate(home: Home): Contender {
  const trail = home.open({});
  let batches: ReturnType<typeof valuesOf>[][] = [];
  return {
    name: 'bulkCreate of 1,000, from memory',
    kind: 'rival',
    connections: 1,
    share: SHARE,
    trail,
    prepare(count) {
      batches = pieces(home.records.slice(0, count).map(valuesOf), 1000);
      return Promise.resolve();
    },
    async run() {
      for (const records of batches) await trail.Audit.bulkCreate(records);
    },
    close: () => close(trail),
  };
}

function valuesOf(record: Home['records'][number]) {
  const { createdAt, tags, ...rest } = record;
  return { ...rest, tags: tags && [...tags], createdAt: new Date(createdAt / 1000), schemaVersion: 1 };
}
