import { setTimeout as delay } from 'node:timers/promises';

import type { Bench } from '../part';
import type { ApplicationTask, Order, Told } from '../support/application/child';
import type { PhaseReport } from '../support/application/report';
import { Child } from '../support/child';
import { APPLICATION, trailEnvironment } from '../support/programs';
import { openStore } from '../support/store';

/** An application without audits, and the same with each driver; no worker runs. */
export const VARIANTS = ['un-audited', 'embedded', 'redis'] as const;
export type Variant = (typeof VARIANTS)[number];

/** What a variant measured in a round. */
export interface Load {
  readonly variant: Variant;
  readonly report: PhaseReport;
}

const STEPS: readonly Order[] = [{ begin: 'warm-up' }, { begin: 'load' }, 'end'];

/** One application, in a process and on a database of its own, and what it measured under its load. */
export async function measureApplication(
  bench: Bench,
  variant: Variant,
  seconds: number,
): Promise<PhaseReport> {
  const { servers } = bench;
  const database = await servers.createPostgres();
  await (await openStore(database.url)).close();
  const task: ApplicationTask = {
    databaseUrl: database.url,
    isAudited: variant !== 'un-audited',
    inThread: false,
  };
  const env = trailEnvironment({
    driver: variant === 'un-audited' ? undefined : variant,
    databaseUrl: database.url,
    redisUrl: await servers.redisUrl(),
    dir: servers.folder(),
  });
  const application = new Child<Told>([APPLICATION, JSON.stringify(task)], servers.folder(), env);
  try {
    return await loadOf(application, seconds);
  } finally {
    await application.kill();
    await database.drop();
  }
}

async function loadOf(application: Child<Told>, seconds: number): Promise<PhaseReport> {
  await application.hears();
  let load: PhaseReport | undefined;
  for (const step of STEPS) {
    application.order(step);
    const told = await application.hears();
    if (told.kind !== 'phase') throw new Error(`The application said "${told.kind}" of a phase.`);
    if (told.report?.phase === 'load') load = told.report;
    if (step !== 'end') await delay(seconds * 1_000);
  }
  const ended = await application.hears();
  await application.end();
  if (!load || ended.kind !== 'ended' || ended.errors.length > 0)
    throw new Error(`The application failed: ${JSON.stringify(ended)}`);
  return load;
}
