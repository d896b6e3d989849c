import fs from 'node:fs';

import { directoriesOf } from '../buffer/directories';
import { lanesOf, writerOf } from '../buffer/journal/lane';
import { troubleOf } from '../buffer/journal/journal-source';
import { remarkedFrames } from '../buffer/journal/remarks';
import { settingAside } from '../buffer/journal/set-aside';
import type { Settings } from '../config';
import { COLUMNS, decodeLine, WIRE_VERSION } from '../record/wire';
import type { BatchWriter } from '../storage/batch-writer';
import { retryLane, UnreadableLane } from './retry-lane';
import type { RetryParts } from './retry-lane';

/** A record that the database has refused, as far as a person needs to know it. */
export interface BuriedRecord {
  readonly id: string;
  /** When it was refused the last time; null where the file does not say. */
  readonly buriedAt: string | null;
  /** What the database said. */
  readonly reason: string;
  /** Of the record itself; null where a newer release wrote it, whose form this one does not know. */
  readonly event: string | null;
  readonly model: string | null;
  readonly key: string | null;
  readonly createdAt: string | null;
}

export interface RetryReport {
  /** Records that are in the table now. */
  stored: number;
  /** Those that were there already. */
  duplicates: number;
  /** Those that the database still refuses. */
  refused: number;
}

export interface RetryOptions {
  /** Called after each batch with the number of records tried. */
  onProgress?: (records: number) => void;
  signal?: AbortSignal;
}

const REMARK = /^(\d{4}-\d\d-\d\dT[\d:.]+Z) (.*)$/s;

/** The records that the database refuses for what they hold: to look at, and to try again. */
export class BuriedRecords {
  private readonly directory: string;

  constructor(
    private readonly settings: Settings,
    private readonly writer: BatchWriter,
  ) {
    this.directory = directoriesOf(settings.dir).buried;
  }

  /**
   * Each of them once, in the order of their capture. Changes nothing; workers may be burying meanwhile. Of a lane
   * that cannot be read the log tells.
   */
  list(): BuriedRecord[] {
    const byId = new Map<string, BuriedRecord>();
    for (const lane of lanesOf(this.directory)) {
      for (const record of this.recordsOf(lane)) {
        const known = byId.get(record.id);
        if (!known || (known.buriedAt ?? '') <= (record.buriedAt ?? '')) byId.set(record.id, record);
      }
    }
    return [...byId.values()].sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
  }

  /**
   * Stores what the database takes now; the rest stays, once, with the newest reason. It may be killed at any moment,
   * and two at once do no harm: each lane is retried by one, and replaced as a whole. A lane that a running worker
   * writes to is left alone; workers end theirs within a minute.
   *
   * Throws what the database throws when it fails; then nothing that was buried is gone.
   */
  async retry(options: RetryOptions = {}): Promise<RetryReport> {
    const report: RetryReport = { stored: 0, duplicates: 0, refused: 0 };
    const { batchSize, dir, logger } = this.settings;
    for (const lane of lanesOf(this.directory)) {
      if (options.signal?.aborted) break;
      if (!['closed', 'dead'].includes(writerOf(lane))) continue;
      await this.attempt(lane, {
        writer: this.writer,
        batchSize,
        onDamage: settingAside(directoriesOf(dir).damaged, logger),
        onBatch: (written) => {
          report.stored += written.inserted;
          report.duplicates += written.duplicates;
          report.refused += written.refused;
          options.onProgress?.(report.stored + report.duplicates + report.refused);
          return options.signal?.aborted !== true;
        },
      });
    }
    return report;
  }

  /** What lies in one lane must not keep the others waiting. */
  private async attempt(lane: string, parts: RetryParts): Promise<void> {
    try {
      await retryLane(lane, parts);
    } catch (error) {
      if (!(error instanceof UnreadableLane)) throw error;
      this.settings.logger.error(troubleOf(lane, error.cause));
    }
  }

  private *recordsOf(lane: string): Generator<BuriedRecord> {
    try {
      for (const { batch, remark = '' } of remarkedFrames(lane)) {
        const [, buriedAt = null, reason = remark] = REMARK.exec(remark) ?? [];
        for (const line of batch.lines.toString('utf8').trimEnd().split('\n'))
          yield { ...describe(line, batch.version), buriedAt, reason };
      }
    } catch (error) {
      // A retry that runs now has just finished with it.
      if (!fs.existsSync(lane) || (error as NodeJS.ErrnoException).code === 'ENOENT') return;
      this.settings.logger.error(troubleOf(lane, error));
    }
  }
}

function describe(line: string, version: number): Omit<BuriedRecord, 'buriedAt' | 'reason'> {
  const fields = decodeLine(line);
  // Whatever the version, the first field is the id.
  const value = (name: (typeof COLUMNS)[number]): string | null =>
    version === WIRE_VERSION ? (fields[COLUMNS.indexOf(name)] ?? null) : null;
  return {
    id: fields[0] ?? '',
    event: value('event'),
    model: value('auditable_type'),
    key: value('auditable_id'),
    createdAt: value('created_at'),
  };
}
