import type { Model, ModelStatic, Sequelize, Transaction } from 'sequelize';

import type { TableName } from '../../adapter/model';
import { effectiveTransaction, prependsSearchPath } from '../../adapter/sequelize';
import { passedOn, Sql } from '../../adapter/sql';
import type { WriteOptions } from '../../adapter/write-port';
import { isSuspended } from '../../context/scope';
import { messageOf } from '../../errors';
import { trailForWriting } from '../../trail/registry';
import type { Draft } from '../../trail/draft';
import type { AuditTrail, Change } from '../../trail/trail';
import type { AuditedModel } from '../model/audited-model';
import { BULK_POLICIES } from '../options';
import type { AuditCallOptions, BulkPolicy } from '../options';
import type { Parent } from '../model/parent';
import { RowChanges } from './row-change';
import type { Images } from './row-change';

/** Records that are made before the first of them are handed on. */
const RECORDS_AT_ONCE = 100;

/** Models whose key was removed, of which that was said. */
const keyless = new WeakSet<AuditedModel>();

/** One write that is captured: what it writes to, in which transaction, and where its records go. */
export class WriteCall {
  readonly sql: Sql;
  readonly transaction: Transaction | undefined;
  /** Asked for with every column that is read. */
  private parentOnce: { readonly parent: Parent | undefined } | undefined;

  private constructor(
    readonly audited: AuditedModel,
    readonly trail: AuditTrail,
    readonly sequelize: Sequelize,
    readonly table: TableName,
    /** As the write was called with, and with the transaction that it runs in. */
    readonly options: WriteOptions,
  ) {
    this.sql = new Sql(sequelize);
    this.transaction = effectiveTransaction(sequelize, options);
  }

  /** Undefined where nothing is to be captured: no audited model, silence, or a trail that cannot be opened. */
  static begin(
    audited: AuditedModel | undefined,
    table: TableName,
    options: WriteOptions | undefined,
  ): WriteCall | undefined {
    if (!audited || options?.audit === false || isSuspended()) return undefined;
    const { sequelize } = audited.model;
    const trail = sequelize && trailForWriting(sequelize);
    if (!trail || !isKeyed(audited, trail)) return undefined;
    // Before the write: its COMMIT may be on its way when it is answered.
    trail.watchTransactions();
    return new WriteCall(audited, trail, sequelize, table, options ?? {});
  }

  /** The same write, in a transaction that it did not have before. */
  within(transaction: Transaction | undefined): WriteCall {
    if (transaction === this.transaction) return this;
    const options = { ...this.options, transaction: transaction ?? null };
    return new WriteCall(this.audited, this.trail, this.sequelize, this.table, options);
  }

  /** The same statement's part on another table. */
  on(audited: AuditedModel, table: TableName): WriteCall {
    return new WriteCall(audited, this.trail, this.sequelize, table, this.options);
  }

  get model(): ModelStatic<Model> {
    return this.audited.model;
  }

  get dialect(): string {
    return this.sequelize.getDialect();
  }

  /** MariaDB as well, with either driver. */
  get isMySql(): boolean {
    return this.dialect === 'mysql' || this.dialect === 'mariadb';
  }

  /** Options for statements of ours that belong to the write. */
  get readOptions(): object {
    return passedOn(this.options, this.transaction);
  }

  /** Whether Sequelize binds the values of an UPDATE: it does not where it puts `SET search_path` before it. */
  get bindsUpdates(): boolean {
    return !this.options.searchPath && !prependsSearchPath(this.sequelize);
  }

  /** With driver `sync` change and record are stored together or not at all. */
  get isSync(): boolean {
    return this.trail.settings.driver === 'sync';
  }

  /** The record must survive a kill of this process at the COMMIT of the change. */
  get isStrict(): boolean {
    return this.audited.options.durability === 'strict' && this.trail.canBeStrict;
  }

  /** Whether there must be a COMMIT that something is done before. */
  get needsTransaction(): boolean {
    return this.isSync || this.isStrict;
  }

  get perCall(): AuditCallOptions | undefined {
    const { audit } = this.options;
    return typeof audit === 'object' && audit !== null ? audit : undefined;
  }

  get bulk(): BulkPolicy {
    const { bulk } = this.perCall ?? {};
    if (bulk !== undefined && BULK_POLICIES.includes(bulk)) return bulk;
    return this.audited.options.bulk ?? 'rows';
  }

  /** Records what happened to one row, if anything did. It is worked out together with other writes of this turn. */
  recordRow(images: Images): void {
    this.record(() => this.changesOf(images));
  }

  /**
   * For a write that is under way, of which all is known but whether it meets its row: worked out while the database
   * is at work. The answer records it.
   */
  expectRow(images: Images): () => void {
    const draft = this.draft(1, () => this.changesOf(images));
    // With driver `sync` it may fail the write, and so is done in it.
    if (!this.isSync) setImmediate(() => draft.encode());
    return () => this.handOn(draft);
  }

  /** Records what happened to rows. Rows of which nothing changed make no record. */
  recordRows(rows: Iterable<Images>): void {
    let changes: Change[] = [];
    try {
      const rowChanges = new RowChanges(this.audited, this.parent);
      for (const images of rows) {
        const change = rowChanges.of(images);
        if (change) changes.push(change);
        if (changes.length < RECORDS_AT_ONCE) continue;
        this.handOnAll(changes);
        changes = [];
      }
      this.handOnAll(changes);
    } catch (error) {
      this.failed(error);
    }
  }

  /** Never throws, unless the driver is `sync`: there the change must not stand without its record. */
  record(changesOf: () => readonly Change[]): void {
    this.handOn(this.draft(1, changesOf));
  }

  /** The answer forgets what is recorded in the transaction from now on: it has turned out not to happen. */
  markRecords(): () => void {
    return this.transaction ? this.trail.mark(this.transaction) : () => undefined;
  }

  private changesOf(images: Images): readonly Change[] {
    const change = new RowChanges(this.audited, this.parent).of(images);
    return change ? [change] : [];
  }

  private draft(count: number, changesOf: () => readonly Change[]): Draft {
    const safely = (): readonly Change[] => {
      try {
        return changesOf();
      } catch (error) {
        this.failed(error);
        return [];
      }
    };
    return this.trail.draft(count, safely, this.transaction, this.perCall);
  }

  private handOnAll(changes: readonly Change[]): void {
    if (changes.length > 0) this.handOn(this.draft(changes.length, () => changes));
  }

  private handOn(draft: Draft): void {
    void this.trail.record(draft, this.transaction, this.isStrict);
  }

  /** What went wrong in capture alone. */
  failed(error: unknown): void {
    if (this.isSync) throw error;
    this.trail.settings.logger.error(
      `A change of ${this.audited.name} could not be recorded: ${messageOf(error)}.`,
    );
  }

  /** To what the model's records belong; a wrong option is reported, and fails no write. */
  get parent(): Parent | undefined {
    this.parentOnce ??= { parent: this.findParent() };
    return this.parentOnce.parent;
  }

  private findParent(): Parent | undefined {
    try {
      return this.audited.parent;
    } catch (error) {
      this.trail.settings.logger.error(
        `Records of ${this.audited.name} are made without their parent: ${messageOf(error)}`,
      );
      return undefined;
    }
  }
}

/** A row without a key cannot be told from others: its write goes on, and the error is logged once. */
function isKeyed(audited: AuditedModel, trail: AuditTrail): boolean {
  try {
    audited.assertKeyed();
    return true;
  } catch (error) {
    if (!keyless.has(audited)) trail.settings.logger.error(`Changes are NOT audited: ${messageOf(error)}`);
    keyless.add(audited);
    return false;
  }
}
