import { parentPort, workerData } from 'node:worker_threads';
import type { MessagePort } from 'node:worker_threads';

import { resolveSettings } from '../config';
import type { Logger } from '../logger';
import { Database, openOwn } from '../storage/database';
import { ExitGate } from '../storage/exit-gate';
import { AuditTrail } from '../trail/trail';
import { AuditWorker } from './audit-worker';
import type { WorkerEvents } from './handle';
import { toSent } from './thread-protocol';
import type { Reply, Request, ThreadData } from './thread-protocol';
import { within } from './within';

/** A pool waits for its queries, and a silent server never answers one; then the application ends the thread. */
const CLOSE_MS = 300;

const EVENTS: readonly (keyof WorkerEvents)[] = ['stored', 'rescued', 'recovered', 'pruned', 'stopped'];

const port = parentPort as MessagePort;
const { database, application, options, gate } = workerData as ThreadData;

const send = (reply: Reply): void => port.postMessage(reply);
const log = (level: 'error' | 'warn' | 'info' | 'debug') => (message: string) =>
  send({ kind: 'log', level, message });
const logger: Logger = { error: log('error'), warn: log('warn'), info: log('info'), debug: log('debug') };

// The environment has had its say in the application's thread.
const settings = resolveSettings({ ...options, logger }, {});
const exit = new ExitGate(gate);
const store = new Database(exit.guard(openOwn(database)), true, exit);
const sequelize = application ? exit.guard(openOwn(application)) : store.sequelize;
const trail = new AuditTrail(sequelize, settings, store);
const worker = new AuditWorker(trail, application !== undefined);

for (const name of EVENTS) {
  worker.on(name, (...values: unknown[]) => send({ kind: 'event', name, values }));
}

port.on('message', (request: Request) => void answer(request));

async function answer(request: Request): Promise<void> {
  const { id } = request;
  try {
    switch (request.call) {
      case 'start':
        await worker.start();
        break;
      case 'drain':
        await worker.drain();
        break;
      case 'stats':
        send({ kind: 'answer', id, stats: await worker.stats() });
        return;
      case 'stop': {
        await worker.stop(request.options);
        await within(CLOSE_MS, Promise.allSettled([trail.close(), sequelize.close()]));
        send({ kind: 'answer', id, stats: await worker.stats() });
        port.close();
        return;
      }
    }
    send({ kind: 'answer', id });
  } catch (error) {
    send({ kind: 'answer', id, error: toSent(error) });
  }
}
