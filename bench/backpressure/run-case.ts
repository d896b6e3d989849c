import { setTimeout as delay } from 'node:timers/promises';

import { Proxy } from '../../spec/support/proxy';
import { bytesWaiting } from '../../lib/buffer/journal/journal-limit';
import type { Bench } from '../part';
import type { ApplicationTask, Told } from '../support/application/child';
import type { PhaseReport } from '../support/application/report';
import { Child } from '../support/child';
import { APPLICATION, AUDIT, trailEnvironment } from '../support/programs';
import { countStored, openStore } from '../support/store';
import type { WorkerPlace } from '../support/worker-place';
import { DOWN, PHASES } from './phases';
import type { Phase } from './phases';

/** What waited at the end of a phase. */
export interface Backlog {
  readonly records: number;
  readonly journalBytes: number;
}

export interface CaseResult {
  readonly phases: readonly (PhaseReport & Backlog)[];
  readonly acknowledged: number;
  /** Rows of the trail at the end, and how many ids they have. */
  readonly stored: number;
  readonly distinct: number;
  readonly drainSeconds: number;
  /** Writes that failed, the first few. */
  readonly errors: readonly string[];
  /** Lines in the application's log. */
  readonly logged: number;
}

/** One application from its start until all that it did is stored, through all phases. */
export async function runCase(bench: Bench, given: WorkerPlace): Promise<CaseResult> {
  const application = await bench.servers.createPostgres();
  const trail = await bench.servers.createPostgres();
  const store = await openStore(trail.url);
  const toTrail = await Proxy.to(trail.url);
  const toRedis = await Proxy.to(await bench.servers.redisUrl());
  const env = {
    ...trailEnvironment({
      driver: given.driver,
      databaseUrl: application.url,
      redisUrl: toRedis.url(),
      dir: bench.servers.folder(),
    }),
    AUDIT_DATABASE_URL: toTrail.url(trail.url),
  };
  const children: Child<Told>[] = [];
  const start = (...args: string[]): Child<Told> => {
    const child = new Child<Told>(args, bench.servers.folder(), env);
    children.push(child);
    return child;
  };
  try {
    const worker = given.inThread ? undefined : start(AUDIT, 'work');
    await worker?.says(/takes records/);
    const task: ApplicationTask = { databaseUrl: application.url, isAudited: true, inThread: given.inThread };
    const app = start(APPLICATION, JSON.stringify(task));
    const proxies = given.driver === 'redis' ? [toTrail, toRedis] : [toTrail];
    const phases = await playPhases(bench, app, proxies, () => countStored(store));
    const ended = await app.hears();
    if (ended.kind !== 'ended') throw new Error(`The application said "${ended.kind}" at its end.`);
    await app.end();
    const startedAt = performance.now();
    // Not killed: with driver `redis` what it had claimed would be left alone for a minute.
    await worker?.stop();
    const drain = start(AUDIT, 'work', '--drain');
    await drain.end();
    const drainSeconds = (performance.now() - startedAt) / 1_000;
    const { acknowledged, errors } = ended;
    return { phases, acknowledged, errors, drainSeconds, logged: app.lines, ...(await countStored(store)) };
  } finally {
    for (const child of children) await child.kill();
    toTrail.close();
    toRedis.close();
    await store.close();
    await trail.drop();
    await application.drop();
  }
}

async function playPhases(
  bench: Bench,
  app: Child<Told>,
  proxies: readonly Proxy[],
  count: () => Promise<{ stored: number }>,
): Promise<(PhaseReport & Backlog)[]> {
  const ready = await app.hears();
  if (ready.kind !== 'ready' || ready.journal === undefined)
    throw new Error(`The application said "${ready.kind}" at its start.`);
  const results: (PhaseReport & Backlog)[] = [];
  for (const phase of [...PHASES, undefined]) {
    // As an application would have it: the way is broken while it works, and what breaks is measured with the phase.
    app.order(phase === undefined ? 'end' : { begin: phase });
    const told = await app.hears();
    if (told.kind !== 'phase') throw new Error(`The application said "${told.kind}" of a phase.`);
    if (phase !== undefined) for (const proxy of proxies) proxy.treat(treatmentOf(phase));
    if (told.report) {
      const { stored } = await count();
      const journalBytes = await bytesWaiting(ready.journal);
      results.push({ ...told.report, records: Math.max(0, told.acknowledged - stored), journalBytes });
    }
    if (phase !== undefined) await delay(secondsOf(phase, bench.minutes) * 1_000);
  }
  return results;
}

function treatmentOf(phase: Phase): 'pass' | 'refuse' | 'silence' {
  if (phase === 'refused') return 'refuse';
  return phase === 'silent' ? 'silence' : 'pass';
}

function secondsOf(phase: Phase, minutes: number): number {
  return DOWN.includes(phase) ? minutes * 60 : minutes * 30;
}
