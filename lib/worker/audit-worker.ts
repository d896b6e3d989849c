import { EventEmitter } from 'node:events';

import type { Source } from '../buffer/contract';
import { directoriesOf } from '../buffer/directories';
import { openShipper, openSource } from '../buffer/open';
import type { Shipper } from '../buffer/redis/shipper';
import type { Settings } from '../config';
import { AuditError, messageOf } from '../errors';
import { BatchWriter } from '../storage/batch-writer';
import { Migrator } from '../storage/migrator';
import type { AuditTrail } from '../trail/trail';
import { ClaimLoop } from './claim-loop';
import { DiskStore } from './disk-store';
import { DEFAULT_GRACE_MS } from './handle';
import type { AuditWorkerHandle, StopOptions, WorkerEvents, WorkerStats } from './handle';
import { LastError } from './last-error';
import { Outage } from './outage';
import { Presence } from './presence';
import { Processor } from './processor';
import type { Outcome } from './processor';
import type { RecoveryReport } from './recovery';
import { Settling } from './settling';
import { Tally } from './tally';
import { Upkeep } from './upkeep';
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
 * The {@link ClaimLoop} claims, and the {@link Processor} owns each claim to its end; what is to be done
 * beside that is the {@link Upkeep}.
 *
 * States: idle → running → stopping → stopped. A stopped worker cannot be started again.
 */
export class AuditWorker extends EventEmitter<WorkerEvents> implements AuditWorkerHandle {
  private state: WorkerStats['state'] = 'idle';
  private readonly tally = new Tally();
  private readonly outage = new Outage();
  private readonly lastError = new LastError();
  /** The trail's, with a logger that remembers the last error. */
  private readonly settings: Settings;
  private readonly writer: BatchWriter;
  private readonly processor: Processor;
  private readonly rescue: DiskStore | undefined;
  private readonly buried: DiskStore;
  private readonly upkeep: Upkeep;
  private readonly settling: Settling;
  private readonly presence: Presence;
  private readonly hardStop = new AbortController();
  private source: Source | undefined;
  private shipper: Shipper | undefined;
  private claims: ClaimLoop | undefined;
  private starting: Promise<void> | undefined;
  private stopping: Promise<void> | undefined;
  private hasRescued = false;

  /** `settles`: whether the trail knows the application's database, and not only its own. */
  constructor(
    private readonly trail: AuditTrail,
    settles = true,
  ) {
    super();
    const { database } = trail;
    const logger = this.lastError.listeningTo(trail.settings.logger);
    const connections = database.writers(trail.settings.connections);
    const settings = (this.settings = { ...trail.settings, logger, connections });
    const directories = directoriesOf(settings.dir);
    this.writer = new BatchWriter(database, settings.connections);
    this.buried = new DiskStore(directories.buried);
    // With driver `embedded` the records are on this very disk already.
    this.rescue = settings.driver === 'redis' ? new DiskStore(directories.rescue) : undefined;
    this.settling = new Settling(trail, settles);
    this.presence = new Presence({ trail, logger, lastError: this.lastError, stats: () => this.stats() });
    this.upkeep = new Upkeep({
      database,
      settings,
      writer: this.writer,
      signal: this.hardStop.signal,
      isRunning: () => this.state === 'running',
      beforeRecovery: () => this.endLanes(),
      onRecovered: (report) => this.accountRecovered(report),
      onPruned: (records) => {
        this.tally.pruned(records);
        this.emit('pruned', { records });
      },
    });
    this.processor = new Processor({
      writer: this.writer,
      outage: this.outage,
      buried: this.buried,
      rescue: this.rescue,
      rescueAfterMs: settings.rescueAfter * 1000,
      logger,
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
      await this.upkeep.recover();
      if ((await this.upkeep.pending()) === 0) return;
    }
  }

  stop(options: StopOptions = {}): Promise<void> {
    return (this.stopping ??= this.end(options.graceMs ?? DEFAULT_GRACE_MS, options.drain ?? true));
  }

  stats(): Promise<WorkerStats> {
    return Promise.resolve(this.tally.stats({ state: this.state, databaseDown: this.outage.isOn }));
  }

  private async begin(): Promise<void> {
    const { settings } = this;
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
    this.upkeep.start();
    this.presence.start();
    settings.logger.info(
      `The worker takes records from driver "${settings.driver}" and stores them in ${this.trail.database.describe()}.`,
    );
  }

  private async assertUsable(): Promise<void> {
    const { database } = this.trail;
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
      this.settings.logger.warn(`${database.describe()} cannot be reached yet (${messageOf(error)}).`);
      this.outage.failed();
    }
  }

  private claimFrom(source: Source): ClaimLoop {
    return new ClaimLoop({
      source,
      processor: this.processor,
      outage: this.outage,
      settings: this.settings,
      hardStop: this.hardStop.signal,
      whenSent: () => this.writer.whenSent(),
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
      if (this.hasRescued) void this.upkeep.recover();
    } else if (outcome.kind === 'rescued') {
      this.hasRescued = true;
      this.emit('rescued', { records: outcome.records });
    }
  }

  private accountRecovered(report: RecoveryReport): void {
    this.hasRescued = false;
    this.presence.recovered();
    if (report.recovered + report.duplicates + report.buried === 0) return;
    this.tally.recovered(report);
    this.outage.succeeded();
    this.emit('recovered', report);
  }

  /** So that what this worker has rescued or buried can be read while it runs. */
  private endLanes(): void {
    this.rescue?.endLane();
    this.buried.endLane();
  }

  private async end(graceMs: number, drain: boolean): Promise<void> {
    this.state = 'stopping';
    const grace = setTimeout(() => this.hardStop.abort(), graceMs);
    await Promise.race([this.finish(drain), this.afterAbort()]);
    clearTimeout(grace);
    await within(
      CLOSE_MS,
      Promise.allSettled([this.source?.close(), this.shipper?.stop(), this.presence.leave()]),
    );
    this.endLanes();
    this.state = 'stopped';
    this.emit('stopped');
  }

  private async finish(drain: boolean): Promise<void> {
    await this.starting?.catch(() => undefined);
    await this.claims?.stop(drain);
    await Promise.all([this.upkeep.stop(), this.settling.stop()]);
  }

  private afterAbort(): Promise<void> {
    const { signal } = this.hardStop;
    return new Promise((resolve) => {
      signal.addEventListener('abort', () => setTimeout(resolve, LAST_WORDS_MS), { once: true });
    });
  }
}
