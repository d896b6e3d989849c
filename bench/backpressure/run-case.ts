import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { QueryTypes, Sequelize } from 'sequelize';

import { Proxy } from '../../spec/support/proxy';
import { configureAudit } from '../../lib';
import { bytesWaiting } from '../../lib/buffer/journal/journal-limit';
import type { DriverName } from '../../lib/config';
import type { Bench } from '../part';
import type { ApplicationTask, Order, Told } from './application-child';
import { Child } from '../support/child';
import { DOWN, PHASES } from './phases';
import type { Phase, PhaseReport } from './phases';

/** Where the worker is. */
export interface Case {
  readonly driver: DriverName;
  readonly inThread: boolean;
}

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

const APPLICATION = path.join(__dirname, 'application-child.js');
const AUDIT = path.join(__dirname, '../../cli/main.js');

/** One application from its start until all that it did is stored, through all phases. */
export async function runCase(bench: Bench, given: Case): Promise<CaseResult> {
  const application = await bench.servers.createPostgres();
  const trail = await bench.servers.createPostgres();
  const store = await openStore(trail.url);
  const toTrail = await Proxy.to(trail.url);
  const toRedis = await Proxy.to(await bench.servers.redisUrl());
  const env = {
    ...process.env,
    DATABASE_URL: application.url,
    AUDIT_DATABASE_URL: toTrail.url(trail.url),
    AUDIT_DRIVER: given.driver,
    AUDIT_DIR: path.join(bench.servers.folder(), '.audit'),
    AUDIT_REDIS_URL: toRedis.url(),
    AUDIT_REDIS_KEY: `bench-${randomUUID()}`,
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
    const task: ApplicationTask = { databaseUrl: application.url, inThread: given.inThread };
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
  if (ready.kind !== 'ready') throw new Error(`The application said "${ready.kind}" at its start.`);
  const orders: Order[] = [...PHASES.map((phase) => ({ begin: phase })), 'end'];
  const results: (PhaseReport & Backlog)[] = [];
  for (const order of orders) {
    const phase = order === 'end' ? undefined : order.begin;
    // As an application would have it: the way is broken while it works, and what breaks is measured with the phase.
    app.order(order);
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

/** The trail's database by the straight way, with its table. */
async function openStore(url: string): Promise<Sequelize> {
  const store = new Sequelize(url, { logging: false });
  const trail = configureAudit(store, { driver: 'sync' });
  await trail.migrate();
  await trail.close();
  return store;
}

async function countStored(store: Sequelize): Promise<{ stored: number; distinct: number }> {
  const [counts] = await store.query<{ stored: string; distinct: string }>(
    'SELECT count(*) AS stored, count(DISTINCT id) AS distinct FROM audits',
    { type: QueryTypes.SELECT },
  );
  return { stored: Number(counts?.stored), distinct: Number(counts?.distinct) };
}
