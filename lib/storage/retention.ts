import { setTimeout as delay } from 'node:timers/promises';

import { QueryTypes } from 'sequelize';

import type { Database } from './database';

export interface PruneOptions {
  /** Records captured earlier than this are deleted. */
  before: Date;
  /** Records deleted in one statement. Default 1000: short locks, short transactions. */
  batchSize?: number;
  /** Milliseconds between two statements, in which others may write. Default 10. */
  pauseMs?: number;
  /** Called after each batch with the number deleted so far; `false` ends the run. */
  onBatch?: (deleted: number) => boolean | Promise<boolean>;
}

const DAY_MS = 86_400_000;

/** Deletes old records in small batches, so that writers hardly notice. */
export class Retention {
  constructor(private readonly database: Database) {}

  static cutoff(days: number, now: number = Date.now()): Date {
    return new Date(now - days * DAY_MS);
  }

  async count(before: Date): Promise<number> {
    const { dialect, sequelize } = this.database;
    const rows = await sequelize.query<{ n: unknown }>(
      'SELECT COUNT(*) AS n FROM audits WHERE created_at < :before',
      {
        replacements: { before: dialect.timestamp(before) },
        type: QueryTypes.SELECT,
        logging: false,
      },
    );
    return Number(rows[0]?.n ?? 0);
  }

  /** The number of records deleted. */
  async prune(options: PruneOptions): Promise<number> {
    const { before, batchSize = 1000, pauseMs = 10, onBatch } = options;
    const { dialect, sequelize } = this.database;
    let deleted = 0;
    for (;;) {
      const affected = await sequelize.query(dialect.deleteOldest, {
        replacements: { before: dialect.timestamp(before), limit: batchSize },
        type: QueryTypes.BULKDELETE,
        logging: false,
      });
      const count = Number(affected);
      deleted += count;
      const goOn = (await onBatch?.(deleted)) ?? true;
      if (count < batchSize || !goOn) return deleted;
      await delay(pauseMs);
    }
  }
}
