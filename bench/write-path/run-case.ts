import { randomUUID } from 'node:crypto';
import path from 'node:path';

import type { TestDatabase } from '../../spec/support/servers/database';
import type { Bench } from '../part';
import { Child } from '../support/child';
import { measurePaired } from '../support/paired';
import { AUDIT, trailEnvironment } from '../support/programs';
import type { Cost } from '../support/round';
import type { ApplicationTask, Order, Told } from './application-child';
import type { Home } from './keeper';
import { isOurs, NEEDS_A_PROCESS } from './variants';
import type { Ours, VariantName } from './variants';

/** What is compared: one operation, by so many users at a time. */
export interface Case {
  readonly operation: 'update' | 'create' | 'destroy';
  readonly users: number;
  readonly variants: readonly VariantName[];
  /** Whether a worker stores what our applications record, while they work. */
  readonly worker: boolean;
}

/** What the rounds of a variant have cost, and whether all was recorded. */
export interface VariantResult {
  readonly costs: readonly Cost[];
  readonly changes: number;
  readonly records: number;
}

export type CaseResult = Case & { readonly results: ReadonlyMap<VariantName, VariantResult> };

const APPLICATION = path.join(__dirname, 'application-child.js');

/** `share` is the part of a round's operations that are done. */
const FULL = { budgetMs: 6_500, minRounds: 12, share: 1 };
const QUICK = { budgetMs: 0, minRounds: 2, share: 0.2 };

/** Operations of a round: so many that those who are done first and wait for the last do not count. */
const PER_ROUND: Readonly<Record<number, number>> = { 1: 100, 10: 300, 50: 600 };
/** Beside a worker they are longer by so many times, and a part comes before: until the worker has its hands full. */
const BESIDE_WORKER = { times: 2, lead: 0.75 };

export async function runCase(bench: Bench, given: Case): Promise<CaseResult> {
  const { budgetMs, minRounds, share } = bench.quick ? QUICK : FULL;
  const stage = new Stage(bench, given);
  try {
    await stage.open();
    const measured = (PER_ROUND[given.users] ?? 0) * share * (given.worker ? BESIDE_WORKER.times : 1);
    const lead = given.worker ? Math.ceil(measured * BESIDE_WORKER.lead) : 0;
    const count = Math.ceil(measured) + lead;
    const rounds = Object.fromEntries(
      given.variants.map((variant) => [variant, () => stage.round(variant, count, lead)]),
    );
    const costs = await measurePaired(rounds, { budgetMs: budgetMs * given.variants.length, minRounds });
    const results = new Map<VariantName, VariantResult>();
    for (const variant of given.variants) {
      const records = await stage.records(variant);
      // With the first round, which is left out.
      const changes = ((costs[variant]?.length ?? 0) + 1) * count;
      results.set(variant, { costs: costs[variant] ?? [], changes, records });
    }
    await stage.end();
    return { ...given, results };
  } finally {
    await stage.clear();
  }
}

/** The processes of a case, and their databases. */
class Stage {
  private readonly homes = new Map<VariantName, Home>();
  private readonly applications = new Map<VariantName, Child<Told>>();
  private readonly workers: Child<never>[] = [];
  private readonly databases: TestDatabase[] = [];

  constructor(
    private readonly bench: Bench,
    private readonly given: Case,
  ) {}

  async open(): Promise<void> {
    const { variants, worker } = this.given;
    for (const variant of variants) this.homes.set(variant, await this.home());
    await this.startApplications(variants.filter((variant) => !NEEDS_A_PROCESS.includes(variant)));
    for (const variant of NEEDS_A_PROCESS.filter((each) => variants.includes(each)))
      await this.startApplications([variant]);
    if (worker) for (const variant of variants.filter(isOurs)) await this.startWorker(variant);
  }

  async round(variant: VariantName, count: number, lead: number): Promise<Cost> {
    const told = await this.ask(variant, { round: variant, count, lead });
    if (!('cost' in told)) throw new Error('A process has not measured its round.');
    return told.cost;
  }

  async records(variant: VariantName): Promise<number> {
    const told = await this.ask(variant, { records: variant });
    if (!('records' in told)) throw new Error('A process has not counted its records.');
    return told.records;
  }

  async end(): Promise<void> {
    const processes = new Set(this.applications.values());
    for (const each of processes) each.order('end');
    for (const each of processes) await each.end();
    for (const worker of this.workers) await worker.stop();
  }

  async clear(): Promise<void> {
    for (const child of [...this.applications.values(), ...this.workers]) await child.kill();
    for (const database of this.databases) await database.drop();
  }

  private async home(): Promise<Home> {
    const database = await this.bench.servers.createPostgres();
    this.databases.push(database);
    const redisUrl = await this.bench.servers.redisUrl();
    const dir = path.join(this.bench.servers.folder(), '.audit');
    return { databaseUrl: database.url, redisUrl, redisKey: `bench-${randomUUID()}`, dir };
  }

  private async startApplications(variants: readonly VariantName[]): Promise<void> {
    const { operation, users, worker } = this.given;
    const homes = Object.fromEntries(variants.map((variant) => [variant, this.homes.get(variant)]));
    const task: ApplicationTask = { operation, users, homes, stored: worker };
    const child = new Child<Told>(
      [APPLICATION, JSON.stringify(task)],
      this.bench.servers.folder(),
      process.env,
    );
    for (const variant of variants) this.applications.set(variant, child);
    await child.hears();
  }

  private async startWorker(driver: Ours): Promise<void> {
    const env = trailEnvironment({ driver, ...(this.homes.get(driver) as Home) });
    const child = new Child<never>([AUDIT, 'work'], this.bench.servers.folder(), env);
    this.workers.push(child);
    await child.says(/takes records/);
  }

  private ask(variant: VariantName, order: Order): Promise<Told> {
    const application = this.applications.get(variant) as Child<Told>;
    application.order(order);
    return application.hears();
  }
}
