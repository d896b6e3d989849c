import { randomUUID } from 'node:crypto';
import os from 'node:os';

import type { Settings } from '../config';
import { messageOf } from '../errors';
import type { BatchWriter } from '../storage/batch-writer';
import type { Database } from '../storage/database';
import { Retention } from '../storage/retention';
import { Tasks } from '../storage/tasks';
import { Recovery } from './recovery';
import type { RecoveryReport } from './recovery';
import { Schedule } from './schedule';

export interface UpkeepParts {
  readonly database: Database;
  readonly settings: Settings;
  readonly writer: BatchWriter;
  /** Ends what is under way. */
  readonly signal: AbortSignal;
  /** False ends a pruning after the batch it is at. */
  readonly isRunning: () => boolean;
  /** Called before rescue files are read, so that this worker's own can be. */
  readonly beforeRecovery: () => void;
  readonly onRecovered: (report: RecoveryReport) => void;
  readonly onPruned: (records: number) => void;
}

/** What a worker does beside storing, each at its times: `recover` brings rescue files into the table, `prune` deletes what is older than the retention. */
export class Upkeep {
  private readonly recovery: Recovery;
  private readonly schedule: Schedule;
  private recovering: Promise<void> | undefined;

  constructor(private readonly parts: UpkeepParts) {
    const { database, settings, writer } = parts;
    this.recovery = new Recovery(settings, writer);
    const replica = `${os.hostname()}:${process.pid}:${randomUUID()}`;
    this.schedule = new Schedule(new Tasks(database, replica), settings.logger);
  }

  start(): void {
    const { recoverSchedule, pruneSchedule, pruneDays } = this.parts.settings;
    this.schedule.add({
      name: 'recover',
      expression: recoverSchedule,
      scope: 'host',
      run: () => this.recover().then(() => true),
    });
    if (pruneDays > 0) {
      this.schedule.add({
        name: 'prune',
        expression: pruneSchedule,
        scope: 'trail',
        run: (alive) => this.prune(alive),
      });
    }
  }

  /** Rescue files into the table; one run at a time in this worker. What fails is tried again at the next time. */
  recover(): Promise<void> {
    this.recovering ??= this.recoverNow().finally(() => (this.recovering = undefined));
    return this.recovering;
  }

  /** Records that wait in rescue files. */
  pending(): Promise<number> {
    return this.recovery.pending();
  }

  async stop(): Promise<void> {
    await Promise.all([this.schedule.stop(), this.recovering]);
  }

  private async recoverNow(): Promise<void> {
    const { settings, signal, beforeRecovery, onRecovered } = this.parts;
    const { logger } = settings;
    beforeRecovery();
    try {
      const report = await this.recovery.run({ signal });
      if (report.recovered + report.duplicates + report.buried > 0)
        logger.info(`${report.recovered} record(s) of rescue files were stored.`);
      onRecovered(report);
    } catch (error) {
      logger.debug(`Recovery will be tried again: ${messageOf(error)}`);
    }
  }

  private async prune(alive: () => Promise<boolean>): Promise<boolean> {
    const { database, settings, isRunning, onPruned } = this.parts;
    const { pruneDays, logger } = settings;
    let goesOn = true;
    const records = await new Retention(database).prune({
      before: Retention.cutoff(pruneDays),
      onBatch: async () => (goesOn = isRunning() && (await alive())),
    });
    if (records > 0) logger.info(`${records} record(s) older than ${pruneDays} days were pruned.`);
    onPruned(records);
    return goesOn;
  }
}
