import { randomUUID } from 'node:crypto';
import { EventEmitter } from 'node:events';
import os from 'node:os';

import type { Source } from '../buffer/contract';
import { directoriesOf } from '../buffer/directories';
import { openShipper, openSource } from '../buffer/open';
import type { Shipper } from '../buffer/redis/shipper';
import { AuditError, messageOf } from '../errors';
import { BatchWriter } from '../storage/batch-writer';
import { Migrator } from '../storage/migrator';
import { Retention } from '../storage/retention';
import { Tasks } from '../storage/tasks';
import type { AuditTrail } from '../trail/trail';
import { ClaimLoop } from './claim-loop';
import { DiskStore } from './disk-store';
import { DEFAULT_GRACE_MS } from './handle';
import type { AuditWorkerHandle, StopOptions, WorkerEvents, WorkerStats } from './handle';
import { Outage } from './outage';
import { Processor } from './processor';
import type { Outcome } from './processor';
import { Recovery } from './recovery';
import { Schedule } from './schedule';
import { Settling } from './settling';
import { Tally } from './tally';
import { within } from './within';

export type { AuditWorkerHandle, StopOptions, WorkerEvents, WorkerStats };

/** After the grace time, so long for what is claimed to go back. */
const LAST_WORDS_MS = 1_000;
/** After that, so long for connections to be ended. */
const CLOSE_MS = 500;
const DRAIN_SHIPPING_MS = 5_000;

/**
 * Takes records from the buffer and stores them, until it is stopped.
 *
 * The {@link ClaimLoop} claims, and the {@link Processor} owns each claim to its end. Beside that two
 * tasks run at their times: `recover` brings rescue files into the table, `prune` deletes what is older
 * than the retention.
 *
 * States: idle → running → stopping → stopped. A stopped worker cannot be started again.
 */
export class AuditWorker extends EventEmitter<WorkerEvents> implements AuditWorkerHandle {
  private state: WorkerStats['state'] = 'idle';
  private readonly tally = new Tally();
  private readonly outage = new Outage();
  private readonly writer: BatchWriter;
  private readonly processor: Processor;
  private readonly rescue: DiskStore | undefined;
  private readonly buried: DiskStore;
  private readonly recovery: Recovery;
  private readonly schedule: Schedule;
  private readonly hardStop = new AbortController();
  private source: Source | undefined;
  private shipper: Shipper | undefined;
  private claims: ClaimLoop | undefined;
  private starting: Promise<void> | undefined;
  private stopping: Promise<void> | undefined;
  private recovering: Promise<void> | undefined;
  private hasRescued = false;

  private readonly settling: Settling;

  /** `settles`: whether the trail knows the application's database, and not only its own. */
  constructor(
    private readonly trail: AuditTrail,
    settles = true,
  ) {
    super();
    const { database, settings } = trail;
    const directories = directoriesOf(settings.dir);
    this.writer = new BatchWriter(database);
    this.buried = new DiskStore(directories.buried);
    // With driver `embedded` the records are on this very disk already.
    this.rescue = settings.driver === 'redis' ? new DiskStore(directories.rescue) : undefined;
    this.recovery = new Recovery(settings, this.writer);
    this.settling = new Settling(trail, settles);
    this.schedule = new Schedule(
      new Tasks(database, `${os.hostname()}:${process.pid}:${randomUUID()}`),
      settings.logger,
    );
    this.processor = new Processor({
      writer: this.writer,
      outage: this.outage,
      buried: this.buried,
      rescue: this.rescue,
      rescueAfterMs: settings.rescueAfter * 1000,
      logger: settings.logger,
    });
  }

  async start(): Promise<void> {
    if (this.stopping) {
      throw new AuditError('AUDIT_WORKER_STATE', 'This worker has been stopped; make a new one.');
    }
    this.starting ??= this.begin().catch((error: unknown) => {
      this.starting = undefined;
      throw error;
    });
    await this.starting;
  }

  async drain(): Promise<void> {
    await this.start();
    while (this.state === 'running') {
      await this.settling.run();
      await this.shipper?.caughtUp(DRAIN_SHIPPING_MS);
      await this.claims?.whenIdle();
      const left = (await this.source?.depth())?.records ?? 0;
      if (left > 0) continue;
      await this.recover();
      if ((await this.recovery.pending()) === 0) return;
    }
  }

  stop(options: StopOptions = {}): Promise<void> {
    return (this.stopping ??= this.end(options.graceMs ?? DEFAULT_GRACE_MS, options.drain ?? true));
  }

  stats(): Promise<WorkerStats> {
    return Promise.resolve(this.tally.stats({ state: this.state, databaseDown: this.outage.isOn }));
  }

  private async begin(): Promise<void> {
    const { database, settings } = this.trail;
    await this.assertUsable();
    if (this.stopping) return;
    this.source = openSource(settings);
    this.state = 'running';
    if (this.source) this.claims = this.claimFrom(this.source);
    if (settings.driver === 'redis') {
      this.shipper = openShipper(settings);
      this.shipper.start();
    }
    this.settling.start();
    const { recoverSchedule, pruneSchedule } = settings;
    this.schedule.add({
      name: 'recover',
      expression: recoverSchedule,
      scope: 'host',
      run: () => this.recover().then(() => true),
    });
    if (settings.pruneDays > 0) {
      this.schedule.add({
        name: 'prune',
        expression: pruneSchedule,
        scope: 'trail',
        run: (alive) => this.prune(alive),
      });
    }
    settings.logger.info(
      `The worker takes records from driver "${settings.driver}" and stores them in ${database.describe()}.`,
    );
  }

  private async assertUsable(): Promise<void> {
    const { database, settings } = this.trail;
    try {
      await database.prepare();
      await new Migrator(database).assertMigrated();
    } catch (error) {
      if (error instanceof AuditError) throw error;
      if (database.dialect.isRefusal(error)) {
        const message = `${database.describe()} refuses the connection: ${messageOf(error)}. Check user, password and name.`;
        throw new AuditError('AUDIT_DATABASE', message, { cause: error });
      }
      // A worker that starts during an outage does what it does in any outage.
      settings.logger.warn(`${database.describe()} cannot be reached yet (${messageOf(error)}).`);
      this.outage.failed();
    }
  }

  private claimFrom(source: Source): ClaimLoop {
    return new ClaimLoop({
      source,
      processor: this.processor,
      outage: this.outage,
      settings: this.trail.settings,
      hardStop: this.hardStop.signal,
      onClaim: (batch) => this.tally.claimed(batch),
      onOutcome: (outcome, records) => this.account(outcome, records),
    });
  }

  private account(outcome: Outcome, records: number): void {
    this.tally.settled(outcome, records);
    if (outcome.kind === 'stored') {
      this.emit('stored', {
        inserted: outcome.inserted,
        duplicates: outcome.duplicates,
        buried: outcome.buried,
      });
      // The outage that filled the rescue files is over.
      if (this.hasRescued) void this.recover();
    } else if (outcome.kind === 'rescued') {
      this.hasRescued = true;
      this.emit('rescued', { records: outcome.records });
    }
  }

  /** Rescue files into the table; one run at a time in this worker. */
  private recover(): Promise<void> {
    this.recovering ??= this.recoverNow().finally(() => (this.recovering = undefined));
    return this.recovering;
  }

  private async recoverNow(): Promise<void> {
    this.rescue?.endLane();
    // So that what is buried can be tried again while this worker runs.
    this.buried.endLane();
    try {
      const report = await this.recovery.run({ signal: this.hardStop.signal });
      this.hasRescued = false;
      if (report.recovered + report.duplicates + report.buried === 0) return;
      this.tally.recovered(report);
      this.outage.succeeded();
      this.trail.settings.logger.info(`${report.recovered} record(s) of rescue files were stored.`);
      this.emit('recovered', report);
    } catch (error) {
      this.trail.settings.logger.debug(`Recovery will be tried again: ${messageOf(error)}`);
    }
  }

  private async prune(alive: () => Promise<boolean>): Promise<boolean> {
    const { database, settings } = this.trail;
    let goesOn = true;
    const records = await new Retention(database).prune({
      before: Retention.cutoff(settings.pruneDays),
      onBatch: async () => (goesOn = this.state === 'running' && (await alive())),
    });
    this.tally.pruned(records);
    if (records > 0)
      settings.logger.info(`${records} record(s) older than ${settings.pruneDays} days were pruned.`);
    this.emit('pruned', { records });
    return goesOn;
  }

  private async end(graceMs: number, drain: boolean): Promise<void> {
    this.state = 'stopping';
    const grace = setTimeout(() => this.hardStop.abort(), graceMs);
    await Promise.race([this.finish(drain), this.afterAbort()]);
    clearTimeout(grace);
    await within(CLOSE_MS, Promise.allSettled([this.source?.close(), this.shipper?.stop()]));
    this.rescue?.endLane();
    this.buried.endLane();
    this.state = 'stopped';
    this.emit('stopped');
  }

  private async finish(drain: boolean): Promise<void> {
    await this.starting?.catch(() => undefined);
    await this.claims?.stop(drain);
    await Promise.all([this.schedule.stop(), this.recovering, this.settling.stop()]);
  }

  private afterAbort(): Promise<void> {
    const { signal } = this.hardStop;
    return new Promise((resolve) => {
      signal.addEventListener('abort', () => setTimeout(resolve, LAST_WORDS_MS), { once: true });
    });
  }
}
