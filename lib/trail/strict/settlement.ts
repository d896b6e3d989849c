import fs from 'node:fs';
import path from 'node:path';

import type { Sequelize } from 'sequelize';

import { directoriesOf } from '../../buffer/directories';
import { lanesOf, LEASE_FILE, readCheckpoint, writerOf } from '../../buffer/journal/lane';
import { LaneReader } from '../../buffer/journal/lane-reader';
import type { Damage } from '../../buffer/journal/lane-reader';
import { LaneWriter } from '../../buffer/journal/lane-writer';
import { Lease } from '../../buffer/journal/lease';
import { settingAside } from '../../buffer/journal/set-aside';
import type { Settings } from '../../config';
import { messageOf } from '../../errors';
import type { Batch } from '../../record/batch';
import { trailName } from '../../storage/database';
import { COMMITS, forgetSlots, ownerOf, verdictOf } from './evidence';
import type { Verdict } from './evidence';
import { isTransaction, parseRemark, remarkOf } from './prepared-transaction';
import type { PreparedTransaction } from './prepared-transaction';
import { UnconfirmedStore } from './unconfirmed';

const AT_ONCE = 1000;
const DAMAGED = 'what would tell whether it was committed is damaged';
export const UNTOLD = 'the database cannot tell whether it was committed';

/** What became of prepared records. */
export interface SettlementReport {
  committed: number;
  rolledBack: number;
  unconfirmed: number;
}

/** A part of a prepared lane; of which transaction, undefined where that is damaged. */
interface Part {
  readonly transaction: PreparedTransaction | undefined;
  readonly batch: Batch;
  /** The first of its transaction. */
  readonly isFirst: boolean;
}

/**
 * Settles what a process that is gone has left prepared: what the database says was committed goes into the
 * journal, what was rolled back is gone, and what nobody can tell is kept as unconfirmed. A lane is settled as a
 * whole; transactions that are still running move to a new one. Killed in between, all is done again: the ids
 * of the records make that harmless.
 */
export class Settlement {
  private readonly database: string;
  private running: Promise<SettlementReport> | undefined;
  private isTroubled = false;

  constructor(
    /** The application's database, not that of the trail. */
    private readonly sequelize: Sequelize,
    private readonly settings: Settings,
  ) {
    this.database = databaseNameOf(sequelize);
  }

  /** One run at a time. Never throws: what cannot be settled now is tried again. */
  run(): Promise<SettlementReport> {
    this.running ??= this.settleAll().finally(() => (this.running = undefined));
    return this.running;
  }

  /** Resolves when no run is under way. */
  async idle(): Promise<void> {
    await this.running;
  }

  private async settleAll(): Promise<SettlementReport> {
    const report: SettlementReport = { committed: 0, rolledBack: 0, unconfirmed: 0 };
    const troubles: unknown[] = [];
    // What is wrong with one lane must not keep the others waiting.
    for (const lane of this.lanes(troubles)) {
      try {
        await this.settleIfFree(lane, report);
      } catch (error) {
        troubles.push(error);
      }
    }
    this.complain(troubles);
    this.tell(report);
    return report;
  }

  private lanes(troubles: unknown[]): string[] {
    try {
      return lanesOf(directoriesOf(this.settings.dir).prepared);
    } catch (error) {
      troubles.push(error);
      return [];
    }
  }

  private async settleIfFree(lane: string, report: SettlementReport): Promise<void> {
    if (['open', 'silent'].includes(writerOf(lane))) return;
    const lease = Lease.acquire(path.join(lane, LEASE_FILE));
    if (!lease) return;
    try {
      await this.settle(lane, report);
    } finally {
      lease.release();
    }
  }

  /** Once, until there is nothing to complain of: it is tried each second. */
  private complain(troubles: readonly unknown[]): void {
    const { logger } = this.settings;
    for (const error of troubles) {
      const message = `Prepared records cannot be settled yet: ${messageOf(error)}`;
      if (this.isTroubled) logger.debug(message);
      else logger.warn(message);
    }
    this.isTroubled = troubles.length > 0;
  }

  private async settle(lane: string, report: SettlementReport): Promise<void> {
    const verdicts = new Map<string, Verdict>();
    const owners = new Set([path.basename(lane)]);
    for (const { transaction } of this.parts(lane, () => undefined)) {
      if (!transaction || verdicts.has(transaction.id)) continue;
      // Only who knows the application's database can ask it.
      if (transaction.database !== this.database) return;
      verdicts.set(transaction.id, await verdictOf(this.sequelize, transaction));
      if (transaction.slot !== undefined) owners.add(ownerOf(transaction.slot));
    }
    const all = [...verdicts.values()];
    const isRunning = all.includes('running');
    if (isRunning && all.every((verdict) => verdict === 'running')) return;
    this.distribute(lane, verdicts, report);
    fs.rmSync(lane, { recursive: true, force: true });
    if (isRunning) return;
    for (const owner of owners) {
      await forgetSlots(this.sequelize, owner).catch((error: unknown) =>
        this.settings.logger.debug(`Rows of ${COMMITS} were left behind: ${messageOf(error)}`),
      );
    }
  }

  private distribute(lane: string, verdicts: ReadonlyMap<string, Verdict>, report: SettlementReport): void {
    const { journal, prepared, damaged } = directoriesOf(this.settings.dir);
    const unconfirmed = new UnconfirmedStore(this.settings);
    const lanes = new Map<string, LaneWriter>();
    const laneIn = (directory: string, version: number): LaneWriter => {
      const writer = lanes.get(directory) ?? new LaneWriter(directory, { fsync: 'always', version });
      lanes.set(directory, writer);
      return writer;
    };
    try {
      for (const part of this.parts(lane, settingAside(damaged, this.settings.logger))) {
        const { transaction, batch, isFirst } = part;
        const verdict = transaction ? verdicts.get(transaction.id) : 'unknown';
        if (verdict === 'committed') {
          laneIn(journal, batch.version).append(batch.texts());
          report.committed += batch.count;
        } else if (verdict === 'running' && transaction) {
          const remark = isFirst ? remarkOf(transaction) : undefined;
          laneIn(prepared, batch.version).append(batch.texts(), remark);
        } else if (verdict === 'rolled back') {
          report.rolledBack += batch.count;
        } else {
          unconfirmed.put(batch.texts(), reasonOf(transaction), batch.version);
          report.unconfirmed += batch.count;
        }
      }
    } finally {
      for (const writer of lanes.values()) writer.close();
      unconfirmed.close();
    }
  }

  private *parts(lane: string, onDamage: (damage: Damage) => void): Generator<Part> {
    let transaction: PreparedTransaction | undefined;
    let left = 0;
    let isFirst = false;
    const onRemark = (line: string): void => {
      if (!isTransaction(line)) return;
      transaction = parseRemark(line);
      left = transaction?.count ?? 0;
      isFirst = true;
    };
    const reader = new LaneReader(lane, readCheckpoint(lane), onDamage, onRemark);
    reader.markFinal();
    try {
      for (let stretch = reader.read(AT_ONCE); stretch; stretch = reader.read(AT_ONCE)) {
        left -= stretch.batch.count;
        // More records than it has: the remark of those that follow it is lost.
        yield { transaction: left < 0 ? undefined : transaction, batch: stretch.batch, isFirst };
        isFirst = false;
      }
    } finally {
      reader.close();
    }
  }

  private tell({ committed, rolledBack, unconfirmed }: SettlementReport): void {
    const { logger } = this.settings;
    if (committed + rolledBack > 0) {
      logger.info(
        `Of a process that was killed at a commit, ${committed} record(s) were committed and are in the journal; ` +
          `${rolledBack} were rolled back.`,
      );
    }
    if (unconfirmed > 0) {
      logger.error(
        `${unconfirmed} record(s) are unconfirmed: nobody can tell whether their transactions were committed. ` +
          'See "audit recover --unconfirmed".',
      );
    }
  }
}

/** What the database of an application is called in what is prepared for it. */
export function databaseNameOf(sequelize: Sequelize): string {
  return trailName(sequelize, {});
}

function reasonOf(transaction: PreparedTransaction | undefined): string {
  return transaction ? `${UNTOLD}: ${JSON.stringify(transaction)}` : DAMAGED;
}
