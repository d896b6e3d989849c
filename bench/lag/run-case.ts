import path from 'node:path';

import type { Bench } from '../part';
import { Child } from '../support/child';
import { now } from '../support/clock';
import { AUDIT, trailEnvironment } from '../support/programs';
import { countStored, openStore } from '../support/store';
import type { WorkerPlace } from '../support/worker-place';
import type { ApplicationTask, Told } from './application-child';
import { Watcher } from './watcher';

/** What is asked of the application. */
export interface Pace {
  readonly perSecond: number;
  readonly seconds: number;
  /** Of these, so many in the beginning are not measured. */
  readonly lead: number;
}

export interface CaseResult {
  /** Milliseconds from the acknowledgement of each measured change until its record was seen. */
  readonly lags: readonly number[];
  /** Changes that were acknowledged a second, from the first that was due to the last. */
  readonly reached: number;
  /** From one look at the trail to the next, in milliseconds. */
  readonly gaps: readonly number[];
  readonly changes: number;
  /** Rows of the trail at the end, and how many ids they have. */
  readonly stored: number;
  readonly distinct: number;
}

const APPLICATION = path.join(__dirname, 'application-child.js');
/** When nothing has come for so long, nothing will. */
const PATIENCE_MS = 30_000;

export async function runCase(bench: Bench, given: WorkerPlace, pace: Pace): Promise<CaseResult> {
  const database = await bench.servers.createPostgres();
  const store = await openStore(database.url);
  const env = trailEnvironment({
    driver: given.driver,
    databaseUrl: database.url,
    redisUrl: await bench.servers.redisUrl(),
    dir: bench.servers.folder(),
  });
  const children: Child<Told>[] = [];
  const start = (...args: string[]): Child<Told> => {
    const child = new Child<Told>(args, bench.servers.folder(), env);
    children.push(child);
    return child;
  };
  try {
    const worker = given.inThread ? undefined : start(AUDIT, 'work');
    await worker?.says(/takes records/);
    const { perSecond, seconds, lead } = pace;
    const changes = perSecond * seconds;
    const task: ApplicationTask = { databaseUrl: database.url, inThread: given.inThread, changes, perSecond };
    const application = start(APPLICATION, JSON.stringify(task));
    await application.hears();

    application.order('begin');
    const began = await application.hears();
    const beganAt = now();
    if (began.kind !== 'began') throw new Error(`The application said "${began.kind}" at its beginning.`);
    const watcher = new Watcher(store, perSecond);
    await watcher.watch(began.at, changes, PATIENCE_MS);
    const done = await application.hears();
    if (done.kind !== 'done') throw new Error(`The application said "${done.kind}" at its end.`);

    const counts = await countStored(store);
    application.order('end');
    await application.end();
    await worker?.stop();
    const { acknowledgedAt } = done;
    return {
      lags: acknowledgedAt
        .map((at, serial) => (watcher.seenAt[serial] ?? NaN) - at)
        .slice(perSecond * lead)
        .filter((lag) => !Number.isNaN(lag)),
      reached: (changes / (Math.max(...acknowledgedAt) - beganAt)) * 1000,
      gaps: watcher.gaps,
      changes,
      ...counts,
    };
  } finally {
    for (const child of children) await child.kill();
    await store.close();
    await database.drop();
  }
}
