import { setTimeout as delay } from 'node:timers/promises';

import type { Sequelize, Transaction } from 'sequelize';
import { uuidv7 } from 'uuidv7';

import { hasSpareConnection } from '../../adapter/sequelize';
import { directoriesOf } from '../../buffer/directories';
import type { Settings } from '../../config';
import { messageOf } from '../../errors';
import type { Deliverable, PendingRecords } from '../pending-records';
import { createCommits, hasEnded, isMissingTable, slotOf, takeEvidence, verdictOf } from './evidence';
import type { Verdict } from './evidence';
import { PreparedLane } from './prepared-lane';
import type { Entry } from './prepared-lane';
import type { PreparedTransaction } from './prepared-transaction';
import { databaseNameOf, UNTOLD } from './settlement';
import { UnconfirmedStore } from './unconfirmed';

const FIRST_LOOK_MS = 20;
const MAX_LOOK_MS = 5_000;

/** What will tell of a transaction's fate. */
export type Evidence = Omit<PreparedTransaction, 'count'>;

export interface StrictCommitsParts {
  readonly sequelize: Sequelize;
  readonly settings: Settings;
  deliver(records: Deliverable): void | Promise<void>;
  /** Whether all that was delivered is on disk. */
  isSafe(): boolean;
}

/**
 * The window between COMMIT and journal, for transactions that must not lose their records in it:
 *
 *   takeEvidence   in the transaction: what will tell another process of its fate
 *   prepare        its records are on disk, and COMMIT may be sent
 *   settle         its fate is known: its records are in the journal, or void
 *   leave          COMMIT failed, which may mean that only its answer did not arrive: the database is asked,
 *                  again and again, by this process, and if that is gone by a {@link Settlement}
 */
export class StrictCommits {
  private lane: PreparedLane | undefined;
  /** Slots in the database that no open transaction of this process has. */
  private readonly free: string[] = [];
  private slots = 0;
  private isToldOfEvidence = false;
  private readonly closing = new AbortController();

  constructor(private readonly parts: StrictCommitsParts) {}

  /** Throws only if the transaction has ended by it. */
  async takeEvidence(transaction: Transaction): Promise<Evidence> {
    const { sequelize } = this.parts;
    const lane = this.openLane();
    const evidence = { id: uuidv7(), database: databaseNameOf(sequelize) };
    const slot = this.free.pop() ?? slotOf(lane.id, ++this.slots);
    try {
      const taken = await this.withTable(() => takeEvidence(sequelize, transaction, evidence.id, slot));
      if (taken.slot === undefined) this.free.push(slot);
      return { ...evidence, ...taken };
    } catch (error) {
      this.free.push(slot);
      if (hasEnded(sequelize, error)) throw error;
      this.tellOfEvidence(error);
      return evidence;
    }
  }

  /** Undefined if the disk refuses: the application's write goes on, as with `durability: 'journal'`. */
  prepare(evidence: Evidence, records: Deliverable): Entry | undefined {
    try {
      return this.openLane().append({ ...evidence, count: records.count }, records);
    } catch (error) {
      this.parts.settings.logger.error(
        `${records.count} audit record(s) could not be prepared before their commit (${messageOf(error)}). ` +
          'If this process is killed at that moment, they are lost.',
      );
      this.onSettled(evidence);
      return undefined;
    }
  }

  settle(entry: Entry): void {
    try {
      this.openLane().settle(entry);
    } catch (error) {
      this.parts.settings.logger.debug(
        `What is prepared could not be marked as settled: ${messageOf(error)}`,
      );
    }
  }

  /** Takes the records over, until the database has said what became of them. */
  leave(entry: Entry, records: PendingRecords): void {
    void this.settleLater(entry, records).finally(() => records.discard());
  }

  close(): void {
    this.closing.abort();
    this.lane?.close();
  }

  private async settleLater(entry: Entry, records: PendingRecords): Promise<void> {
    const { signal } = this.closing;
    for (let pause = FIRST_LOOK_MS; ; pause = Math.min(MAX_LOOK_MS, pause * 2)) {
      await delay(pause, undefined, { ref: false, signal }).catch(() => undefined);
      if (signal.aborted) return;
      try {
        const verdict = await verdictOf(this.parts.sequelize, entry.transaction);
        if (signal.aborted) return;
        if (verdict === 'running') continue;
        await this.conclude(verdict, entry.transaction, records);
        this.settle(entry);
        return;
      } catch (error) {
        this.parts.settings.logger.debug(`The fate of a commit is not known yet: ${messageOf(error)}`);
      }
    }
  }

  private async conclude(
    verdict: Verdict,
    transaction: PreparedTransaction,
    records: PendingRecords,
  ): Promise<void> {
    if (verdict === 'committed') await this.parts.deliver(records);
    if (verdict !== 'unknown') return;
    const store = new UnconfirmedStore(this.parts.settings);
    try {
      for (const lines of records.batches()) store.put(lines, `${UNTOLD}: ${JSON.stringify(transaction)}`);
    } finally {
      store.close();
    }
    this.parts.settings.logger.error(
      `${records.count} record(s) are unconfirmed: nobody can tell whether their transaction was committed. ` +
        'See "audit recover --unconfirmed".',
    );
  }

  /** Makes the table that a first transaction misses. */
  private async withTable<T>(take: () => Promise<T>): Promise<T> {
    const { sequelize } = this.parts;
    try {
      return await take();
    } catch (error) {
      // A commit that waits for a connection could wait for its own.
      if (!isMissingTable(error) || !hasSpareConnection(sequelize)) throw error;
      await createCommits(sequelize);
      return await take();
    }
  }

  private openLane(): PreparedLane {
    return (this.lane ??= new PreparedLane(
      directoriesOf(this.parts.settings.dir).prepared,
      () => this.parts.isSafe(),
      (transaction) => this.onSettled(transaction),
      this.parts.settings.fsync,
    ));
  }

  private onSettled({ slot }: { slot?: string }): void {
    if (slot !== undefined) this.free.push(slot);
  }

  /** Once: it will be the same at each commit. */
  private tellOfEvidence(error: unknown): void {
    if (this.isToldOfEvidence) return;
    this.isToldOfEvidence = true;
    this.parts.settings.logger.error(
      `The database takes no note of commits (${messageOf(error)}). Records of a process that is killed at a commit ` +
        'will be unconfirmed.',
    );
  }
}
