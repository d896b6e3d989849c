import { setTimeout as delay } from 'node:timers/promises';

import { QueryTypes } from 'sequelize';

import type { Database } from './database';

export interface PruneOptions {
  /** Records captured earlier than this are deleted. */
  before: Date;
  /** Records deleted in one statement. Default 250: short locks, short transactions. */
  batchSize?: number;
  /** Milliseconds between two statements, in which others may write. Default 10. */
  pauseMs?: number;
  /** Called after each batch with the number deleted so far; `false` ends the run. */
  onBatch?: (deleted: number) => boolean | Promise<boolean>;
}

const DAY_MS = 86_400_000;
/** Of all times that databases know, and JavaScript writes with four digits of the year. */
const EARLIEST = new Date('0001-01-01T00:00:00Z');

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
    const { before, batchSize = 250, pauseMs = 10, onBatch } = options;
    const { dialect, sequelize } = this.database;
    const upTo = dialect.timestamp(before);
    let from = dialect.timestamp(EARLIEST);
    let deleted = 0;
    for (;;) {
      const next = await this.firstKept(from, upTo, batchSize);
      const affected = await sequelize.query(dialect.deleteOldest, {
        replacements: { from, before: upTo, limit: batchSize },
        type: QueryTypes.BULKDELETE,
        logging: false,
      });
      const count = Number(affected);
      deleted += count;
      const goOn = (await onBatch?.(deleted)) ?? true;
      // Where the database keeps what it is to delete, there is no end.
      const isStuck = count === 0 && next === from;
      if (next === undefined || isStuck || !goOn) return deleted;
      from = next;
      await delay(pauseMs);
    }
  }

  /**
   * When the first record was captured that is left by a batch. The next one begins there: what is deleted stays in
   * PostgreSQL's indexes until a vacuum, and who begins at the oldest walks past all of it each time.
   */
  private async firstKept(from: string, before: string, limit: number): Promise<string | undefined> {
    const { dialect, sequelize } = this.database;
    const rows = await sequelize.query<{ at: string }>(
      `SELECT ${dialect.timestampText} AS at FROM audits WHERE created_at >= :from AND created_at < :before
        ORDER BY created_at LIMIT 1 OFFSET :limit`,
      // A replica may not know yet what has gone.
      { replacements: { from, before, limit }, type: QueryTypes.SELECT, useMaster: true, logging: false },
    );
    return rows[0]?.at;
  }
}
