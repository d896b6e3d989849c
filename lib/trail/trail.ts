import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import type { Sequelize, Transaction } from 'sequelize';

import { atExit } from '../at-exit';
import type { Driver, DriverCounters, FlushOptions } from '../buffer/contract';
import { NO_RECORDS, sumOf } from '../buffer/counters';
import { assertWritable } from '../buffer/directories';
import { openDriver } from '../buffer/open';
import type { Settings } from '../config';
import { messageOf } from '../errors';
import type { CallContext } from '../context/audit-context';
import { contextFields } from '../context/scope';
import { optionalRequire } from '../optional-require';
import { idOf, rootOf } from '../adapter/sequelize';
import { defineAuditModel } from '../storage/audit-model';
import type { Audit } from '../storage/audit-model';
import { BatchWriter } from '../storage/batch-writer';
import { Database, trailName } from '../storage/database';
import { History } from '../storage/reading/history';
import { Migrator } from '../storage/migrator';
import type { Change } from './change';
import { CommitGate } from './commit-gate';
import { Draft } from './draft';
import { inParts } from './pending-records';
import type { Deliverable } from './pending-records';
import { Settlement } from './strict/settlement';
import { StrictCommits } from './strict/strict-commits';
import { livesInMemory, privateName, sweepPrivateDirectories } from './private-directory';
import { Turn } from './turn';

export type { Change };

/**
 * The audit trail of one Sequelize instance: takes changes, keeps them until they are committed, hands
 * them to the driver, and reads what is stored. Buffer and database are opened when first needed.
 */
export class AuditTrail {
  /** As given, but with directory and key of this trail alone. */
  readonly settings: Settings;
  private openedDatabase: Database | undefined;
  private openedDriver: Driver | undefined;
  private openedHistory: History | undefined;
  private openedStrict: StrictCommits | undefined;
  private gate: CommitGate | undefined;
  private readonly turn = new Turn((gathered) => this.deliverAll(gathered));
  /** Of drivers that were closed, and of records that none could take. */
  private past: DriverCounters = NO_RECORDS;
  private readonly privateDirectory: string | undefined;
  private callOff: () => void = () => undefined;

  constructor(
    readonly sequelize: Sequelize,
    /** As given. @internal */
    readonly given: Settings,
    database?: Database,
  ) {
    const settings = given;
    this.openedDatabase = database;
    if (!database && livesInMemory(sequelize, settings)) {
      // An in-memory database ends with the process, and its trail with it: the next run begins with an empty one.
      const name = privateName();
      sweepPrivateDirectories(settings.dir);
      this.privateDirectory = path.join(settings.dir, name);
      this.settings = Object.freeze({
        ...settings,
        dir: this.privateDirectory,
        redisKey: `${settings.redisKey}:${name}`,
      });
      const directory = this.privateDirectory;
      // Not the trail itself, which would keep the Sequelize instance for as long as the process.
      this.callOff = atExit(() => fs.rmSync(directory, { recursive: true, force: true }));
    } else if (database) {
      // The settings come from a trail that has had its say (the worker's thread).
      this.settings = settings;
    } else {
      const name = trailName(sequelize, settings);
      const { dir, redisKey } = settings;
      this.settings = Object.freeze({
        ...settings,
        dir: path.join(dir, name),
        redisKey: `${redisKey}:${name}`,
      });
    }
  }

  /** The database that holds the trail. Throws AUDIT_DRIVER_MISSING or AUDIT_DIALECT. */
  get database(): Database {
    return (this.openedDatabase ??= Database.open(this.sequelize, this.settings));
  }

  /** The model of the `audits` table, for queries of your own. */
  get Audit(): typeof Audit {
    return this.history.model;
  }

  /** Searches the trail; records of models and users that this process need not know. */
  get history(): History {
    return (this.openedHistory ??= new History(
      this.database,
      defineAuditModel(this.database.sequelize, {
        userModels: this.settings.userModel,
        application: this.sequelize,
      }),
    ));
  }

  /** Makes or updates the tables; names of the migrations that ran. Two at once do no harm. Throws AUDIT_MIGRATION. */
  migrate(): Promise<string[]> {
    return new Migrator(this.database).up();
  }

  /**
   * Resolves when all that was captured so far has left this process, and with `stored`, when it is in
   * the table. Throws AUDIT_FLUSH_TIMEOUT.
   */
  async flush(options: FlushOptions = {}): Promise<void> {
    this.turn.end();
    await this.openedDriver?.flush(options);
  }

  /** What became of the records that this process has captured since it began; see {@link DriverCounters}. */
  counters(): DriverCounters {
    return sumOf(this.past, this.openedDriver?.counters() ?? NO_RECORDS);
  }

  /** Ends what the trail has opened: journal, connections. A later change opens them again. */
  async close(): Promise<void> {
    this.turn.end();
    const [driver, database, strict] = [this.openedDriver, this.openedDatabase, this.openedStrict];
    this.openedDriver = this.openedDatabase = this.openedHistory = this.openedStrict = undefined;
    strict?.close();
    await driver?.close();
    this.past = sumOf(this.past, driver?.counters() ?? NO_RECORDS);
    await database?.close();
    this.callOff();
    this.removePrivateDirectory();
  }

  /**
   * Drafts the records of a write, about `count` of them. The context is that of this call; `changesOf` is asked when
   * they are encoded.
   * @internal
   */
  draft(
    count: number,
    changesOf: () => readonly Change[],
    transaction: Transaction | undefined,
    perCall?: CallContext,
  ): Draft {
    const transactionId = transaction ? idOf(rootOf(transaction)) : null;
    return new Draft(count, changesOf, contextFields(perCall), transactionId);
  }

  /**
   * Records a write that is done: at the end of this turn of the event loop, or when its transaction commits.
   * @internal
   */
  record(draft: Draft, transaction: Transaction | undefined, isStrict = false): void | Promise<void> {
    return this.commitGate().pass(draft, transaction, isStrict);
  }

  /**
   * Until all that was recorded outside of transactions is safe; undefined if it is.
   * @internal
   */
  get kept(): Promise<void> | undefined {
    return this.turn.ended;
  }

  /**
   * The database has committed a transaction by itself, as MySQL does at TRUNCATE; what follows in it is not
   * part of one.
   * @internal
   */
  committed(transaction: Transaction): void {
    this.commitGate().release(transaction);
  }

  /**
   * Remembers what a transaction has gathered; the answer forgets what it gathers from now on.
   * @internal
   */
  mark(transaction: Transaction): () => void {
    return this.commitGate().mark(transaction);
  }

  /**
   * From now on it is known what becomes of transactions.
   * @internal
   */
  watchTransactions(): void {
    this.commitGate();
  }

  private commitGate(): CommitGate {
    return (this.gate ??= CommitGate.at(this.sequelize, {
      transactional: this.settings.driver === 'sync',
      deliver: (records, transaction) => this.deliver(records, transaction),
      strict: () => this.strict(),
      spillDirectory: () => (this.settings.driver === 'sync' ? os.tmpdir() : this.settings.dir),
    }));
  }

  private deliver(records: Deliverable, transaction?: Transaction): void | Promise<void> {
    return this.settings.driver === 'sync'
      ? this.deliverWithin(records, transaction)
      : this.turn.add(records);
  }

  /** What cannot be delivered must not fail the application's write. */
  private deliverAll(gathered: readonly Deliverable[]): void {
    const lost = (count: number, error: unknown): void => {
      this.past = sumOf(this.past, { ...NO_RECORDS, captured: count, dropped: count });
      this.settings.logger.error(`${count} audit record(s) were lost: ${messageOf(error)}`);
    };
    try {
      const driver = this.driver();
      for (const lines of inParts(gathered, lost)) void driver.deliver(lines);
    } catch (error) {
      const count = gathered.reduce((sum, each) => sum + each.count, 0);
      lost(count, error);
    }
  }

  private async deliverWithin(records: Deliverable, transaction: Transaction | undefined): Promise<void> {
    const driver = this.driver();
    for (const lines of records.batches()) await driver.deliver(lines, transaction);
  }

  private driver(): Driver {
    if (!this.openedDriver) {
      this.openedDriver = openDriver(this.settings, () => new BatchWriter(this.database));
      // What an earlier life of the application has left; a worker that knows its database does it as well.
      if (this.settings.driver !== 'sync') void new Settlement(this.sequelize, this.settings).run();
    }
    return this.openedDriver;
  }

  private strict(): StrictCommits {
    return (this.openedStrict ??= new StrictCommits({
      sequelize: this.sequelize,
      settings: this.settings,
      deliver: (records) => this.deliver(records),
      isSafe: () => this.counters().held === 0,
    }));
  }

  /**
   * Whether a model's `durability: 'strict'` has an effect: not with driver `sync`, which needs nothing of the kind,
   * and not for a database in memory, which ends with the process.
   * @internal
   */
  get canBeStrict(): boolean {
    return this.settings.driver !== 'sync' && this.privateDirectory === undefined;
  }

  /**
   * Looks for what would fail later: a directory, a database package, ioredis.
   * Throws AUDIT_DIRECTORY, AUDIT_DIALECT, AUDIT_DRIVER_MISSING.
   * @internal
   */
  assertUsable(): void {
    if (this.settings.driver !== 'sync') assertWritable(this.settings.dir, this.settings.logger);
    if (this.settings.driver === 'redis') optionalRequire('ioredis', 'Driver "redis"');
    void this.database;
  }

  private removePrivateDirectory(): void {
    if (this.privateDirectory) fs.rmSync(this.privateDirectory, { recursive: true, force: true });
  }
}
