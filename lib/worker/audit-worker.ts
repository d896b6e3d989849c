import { randomUUID } from 'node:crypto';
import { EventEmitter } from 'node:events';
import os from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';

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
import { DiskStore } from './disk-store';
import { Outage } from './outage';
import { Processor } from './processor';
import type { Outcome } from './processor';
import { Recovery } from './recovery';
import { Schedule } from './schedule';

/** What a worker has done since it started; counts of records. */
export interface WorkerStats {
  state: 'idle' | 'running' | 'stopping' | 'stopped';
  claimed: number;
  stored: number;
  /** Came again after a crash, and were there already. */
  duplicates: number;
  rescued: number;
  recovered: number;
  buried: number;
  pruned: number;
  /** Given back unfinished when the worker had to go. */
  released: number;
  /** Whether the database fails at the moment. */
  databaseDown: boolean;
}

export interface WorkerEvents {
  stored: [{ inserted: number; duplicates: number; buried: number }];
  rescued: [{ records: number }];
  recovered: [{ recovered: number; duplicates: number; buried: number }];
  pruned: [{ records: number }];
  stopped: [];
}

export interface StopOptions {
  /** Milliseconds to finish; what is claimed then and not stored goes back. Default 10,000. */
  graceMs?: number;
  /** Within that time, also store what waits in the buffer, instead of only what is claimed. Default true. */
  drain?: boolean;
}

/** What can be done with a worker, wherever it runs. */
export interface AuditWorkerHandle {
  /** Resolves when the worker takes records. Throws AUDIT_NOT_MIGRATED, AUDIT_DATABASE, AUDIT_WORKER_STATE. */
  start(): Promise<void>;
  /** Stores what it can within the grace time, acknowledges it, and gives back the rest. May be called twice. */
  stop(options?: StopOptions): Promise<void>;
  /** Resolves when the buffer is empty; starts the worker if need be. */
  drain(): Promise<void>;
  stats(): Promise<WorkerStats>;
}

const DEFAULT_GRACE_MS = 10_000;
/** After the grace time, so long for what is claimed to go back. */
const LAST_WORDS_MS = 1_000;
const DRAIN_POLL_MS = 20;
const DRAIN_SHIPPING_MS = 5_000;

/**
 * Takes records from the buffer and stores them, until it is stopped.
 *
 * It claims a batch while others are being written, as many at a time as there are connections. Each
 * claim is owned by the {@link Processor} to its end. Beside that it runs two tasks at their times:
 * `recover` brings rescue files into the table, `prune` deletes what is older than the retention.
 *
 * States: idle → running → stopping → stopped. A stopped worker cannot be started again.
 */
export class AuditWorker extends EventEmitter<WorkerEvents> implements AuditWorkerHandle {
  private state: WorkerStats['state'] = 'idle';
  private readonly counts = {
    claimed: 0,
    stored: 0,
    duplicates: 0,
    rescued: 0,
    recovered: 0,
    buried: 0,
    pruned: 0,
    released: 0,
  };
  private readonly outage = new Outage();
  private readonly writer: BatchWriter;
  private readonly processor: Processor;
  private readonly rescue: DiskStore | undefined;
  private readonly buried: DiskStore;
  private readonly recovery: Recovery;
  private readonly schedule: Schedule;
  private readonly hardStop = new AbortController();
  private readonly inFlight = new Set<Promise<void>>();
  private source: Source | undefined;
  private shipper: Shipper | undefined;
  private loop: Promise<void> | undefined;
  private starting: Promise<void> | undefined;
  private stopping: Promise<void> | undefined;
  private recovering: Promise<void> | undefined;
  private emptyClaims = 0;
  private hasRescued = false;
  private leaveWhenEmpty = false;

  constructor(private readonly trail: AuditTrail) {
    super();
    const { database, settings } = trail;
    const directories = directoriesOf(settings.dir);
    this.writer = new BatchWriter(database);
    this.buried = new DiskStore(directories.buried);
    // With driver `embedded` the records are on this very disk already.
    this.rescue = settings.driver === 'redis' ? new DiskStore(directories.rescue) : undefined;
    this.recovery = new Recovery(settings, this.writer);
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

  start(): Promise<void> {
    if (this.state === 'stopping' || this.state === 'stopped') {
      throw new AuditError('AUDIT_WORKER_STATE', 'This worker has been stopped; make a new one.');
    }
    return (this.starting ??= this.begin());
  }

  async drain(): Promise<void> {
    await this.start();
    while (this.state === 'running') {
      await this.shipper?.caughtUp(DRAIN_SHIPPING_MS);
      await this.whenIdle();
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
    return Promise.resolve({ state: this.state, ...this.counts, databaseDown: this.outage.isOn });
  }

  private async begin(): Promise<void> {
    const { database, settings } = this.trail;
    await this.assertUsable();
    if (this.stopping) return;
    this.state = 'running';
    this.source = openSource(settings);
    if (this.source) this.loop = this.run(this.source);
    if (settings.driver === 'redis') {
      this.shipper = openShipper(settings);
      this.shipper.start();
    }
    const { recoverSchedule, pruneSchedule } = settings;
    this.schedule.add({
      name: 'recover',
      expression: recoverSchedule,
      scope: 'host',
      run: () => this.recover(),
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

  /** Until the buffer gave nothing and nothing is being written. */
  private async whenIdle(): Promise<void> {
    const seen = this.emptyClaims;
    while (this.source && this.state === 'running' && (this.emptyClaims === seen || this.inFlight.size > 0)) {
      await delay(DRAIN_POLL_MS);
    }
  }

  private async run(source: Source): Promise<void> {
    const { batchSize, connections, flushInterval, logger } = this.trail.settings;
    let failures = 0;
    while (this.goesOn()) {
      if (this.inFlight.size >= connections) {
        await Promise.race(this.inFlight);
        continue;
      }
      try {
        const claim = await source.claim(batchSize, this.state === 'running' ? flushInterval * 1000 : 0);
        failures = 0;
        if (!claim) {
          this.emptyClaims++;
          if (this.state !== 'running') return;
          continue;
        }
        if (this.hardStop.signal.aborted) {
          await source.release(claim.receipt);
          return;
        }
        this.counts.claimed += claim.batch.count;
        const work = this.processor
          .process(claim, source, this.hardStop.signal)
          .then((outcome) => this.account(outcome, claim.batch.count))
          .catch((error: unknown) => void logger.error(`A claim ended unexpectedly: ${messageOf(error)}`))
          .finally(() => this.inFlight.delete(work));
        this.inFlight.add(work);
      } catch (error) {
        if (this.state !== 'running') return;
        if (failures++ === 0)
          logger.warn(`The buffer cannot be read (${messageOf(error)}). The worker tries again.`);
        await delay(Math.min(5_000, 50 * 2 ** Math.min(failures, 10)), undefined, {
          signal: this.hardStop.signal,
        }).catch(() => undefined);
      }
    }
  }

  /** A stopping worker goes on while there is time, something to store, and a database that takes it. */
  private goesOn(): boolean {
    if (this.state === 'running') return true;
    return this.leaveWhenEmpty && !this.hardStop.signal.aborted && !this.outage.isOn;
  }

  private account(outcome: Outcome, records: number): void {
    if (outcome.kind === 'stored') {
      this.counts.stored += outcome.inserted;
      this.counts.duplicates += outcome.duplicates;
      this.counts.buried += outcome.buried;
      this.emit('stored', {
        inserted: outcome.inserted,
        duplicates: outcome.duplicates,
        buried: outcome.buried,
      });
      // The outage that filled the rescue files is over.
      if (this.hasRescued) void this.recover();
    } else if (outcome.kind === 'rescued') {
      this.hasRescued = true;
      this.counts.rescued += outcome.records;
      this.emit('rescued', { records: outcome.records });
    } else {
      this.counts.released += records;
    }
  }

  /** Rescue files into the table; one run at a time in this worker. */
  private recover(): Promise<void> {
    this.recovering ??= this.recoverNow().finally(() => (this.recovering = undefined));
    return this.recovering;
  }

  private async recoverNow(): Promise<void> {
    this.rescue?.endLane();
    try {
      const report = await this.recovery.run({ signal: this.hardStop.signal });
      this.hasRescued = false;
      if (report.recovered + report.duplicates + report.buried === 0) return;
      this.counts.recovered += report.recovered + report.duplicates;
      this.counts.buried += report.buried;
      this.outage.succeeded();
      this.trail.settings.logger.info(`${report.recovered} record(s) of rescue files were stored.`);
      this.emit('recovered', report);
    } catch (error) {
      this.trail.settings.logger.debug(`Recovery will be tried again: ${messageOf(error)}`);
    }
  }

  private async prune(alive: () => Promise<boolean>): Promise<void> {
    const { database, settings } = this.trail;
    const records = await new Retention(database).prune({
      before: Retention.cutoff(settings.pruneDays),
      onBatch: async () => this.state === 'running' && (await alive()),
    });
    this.counts.pruned += records;
    if (records > 0)
      settings.logger.info(`${records} record(s) older than ${settings.pruneDays} days were pruned.`);
    this.emit('pruned', { records });
  }

  private async end(graceMs: number, drain: boolean): Promise<void> {
    this.leaveWhenEmpty = drain;
    const grace = setTimeout(() => this.hardStop.abort(), graceMs);
    await Promise.race([this.finish(), this.afterAbort()]);
    clearTimeout(grace);
    await this.source?.close().catch(() => undefined);
    await this.shipper?.stop();
    this.rescue?.endLane();
    this.buried.endLane();
    this.state = 'stopped';
    this.emit('stopped');
  }

  private async finish(): Promise<void> {
    await this.starting?.catch(() => undefined);
    this.state = 'stopping';
    await this.loop;
    await Promise.all([this.schedule.stop(), this.recovering, ...this.inFlight]);
  }

  private afterAbort(): Promise<void> {
    const { signal } = this.hardStop;
    return new Promise((resolve) => {
      signal.addEventListener('abort', () => setTimeout(resolve, LAST_WORDS_MS), { once: true });
    });
  }
}
