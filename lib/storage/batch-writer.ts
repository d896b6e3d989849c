import type { Transaction } from 'sequelize';

import { AuditError } from '../errors';
import type { Batch } from '../record/batch';
import { connectionOf } from '../adapter/sequelize';
import type { Database } from './database';
import type { Prepared, Written } from './dialect';
import { Slots } from './slots';

/** A record that the database refuses for what it holds, and why. */
export type Bury = (record: Batch, reason: unknown) => void;

/** Turns batches into rows. A record that is stored already is passed over, so that a batch may be written again. */
export class BatchWriter {
  private readonly slots: Slots;
  private sent: Promise<void> = Promise.resolve();

  /** Writes through so many `connections` at a time; what comes meanwhile is prepared, and waits. */
  constructor(
    private readonly database: Database,
    connections = Infinity,
  ) {
    this.slots = new Slots(connections);
  }

  /**
   * All of the batch or, if it throws, nothing; after a deadlock on MySQL or MariaDB it may be a part, which is passed
   * over when the batch is written again.
   */
  async write(batch: Batch): Promise<Written> {
    const { dialect } = this.database;
    if (dialect.prepareNew) {
      const copy = dialect.prepareNew(batch);
      try {
        return { inserted: await this.send(copy), duplicates: 0 };
      } catch (error) {
        // A duplicate comes only after a crash; the failed attempt has written nothing.
        if (!dialect.isDuplicate(error)) throw error;
      }
    }
    return this.send(await dialect.prepare(batch));
  }

  /** In a transaction of the application: what it decides becomes of both. */
  async writeWithin(transaction: Transaction, batch: Batch): Promise<Written> {
    const write = await this.database.dialect.prepare(batch);
    return write(connectionOf(transaction), () => undefined);
  }

  /** Until the batch that got a connection last is on its way, or has failed. */
  whenSent(): Promise<void> {
    return this.sent;
  }

  /**
   * Writes a batch, and narrows a refusal down to the records that cause it: their neighbours are
   * stored, they are handed to `bury`. Throws only what is the database's trouble, not a record's;
   * then part of the batch may be stored, and all of it may be written again.
   */
  async writeOrBury(batch: Batch, bury: Bury): Promise<Written> {
    try {
      return await this.write(batch);
    } catch (error) {
      if (!this.isRecordsFault(error)) throw error;
      if (batch.count === 1 || isForeignVersion(batch, error)) {
        bury(batch, error);
        return { inserted: 0, duplicates: 0 };
      }
    }
    const [first, second] = batch.halves();
    const a = await this.writeOrBury(first, bury);
    const b = await this.writeOrBury(second, bury);
    return { inserted: a.inserted + b.inserted, duplicates: a.duplicates + b.duplicates };
  }

  private send<T>(write: Prepared<T>): Promise<T> {
    return this.slots.use(() => {
      let isSent = (): void => undefined;
      this.sent = new Promise((resolve) => (isSent = resolve));
      return this.database.write(write, isSent).finally(isSent);
    });
  }

  private isRecordsFault(error: unknown): boolean {
    return (
      this.database.dialect.isDataError(error) || (error instanceof AuditError && error.code === 'AUDIT_WIRE')
    );
  }
}

function isForeignVersion(batch: Batch, error: unknown): boolean {
  if (!(error instanceof AuditError)) return false;
  try {
    batch.assertKnownVersion();
    return false;
  } catch {
    return true;
  }
}
