import { directoriesOf } from '../buffer/directories';
import type { JournalSource } from '../buffer/journal/journal-source';
import { lanesOf } from '../buffer/journal/lane';
import { openJournal } from '../buffer/open';
import type { Settings } from '../config';
import { messageOf } from '../errors';
import type { BatchWriter } from '../storage/batch-writer';
import { DiskStore } from './disk-store';

/** Long enough for the source to notice that a finished file may be removed. */
const LAST_LOOK_MS = 800;

export interface RecoveryReport {
  recovered: number;
  duplicates: number;
  buried: number;
}

export interface RecoverOptions {
  /** Called after each batch with the number of records done. */
  onProgress?: (records: number) => void;
  signal?: AbortSignal;
}

/**
 * Brings rescue files into the table. They are read like a journal: one consumer a file, a checkpoint
 * after each batch, deletion after the last. So it may be killed at any moment, and two at once do no harm.
 */
export class Recovery {
  constructor(
    private readonly settings: Settings,
    private readonly writer: BatchWriter,
  ) {}

  /** Records that wait in rescue files. */
  async pending(): Promise<number> {
    const source = this.open();
    try {
      return (await source.depth()).records;
    } finally {
      await source.close();
    }
  }

  /** Throws what the database throws; what was done until then stays done. */
  async run(options: RecoverOptions = {}): Promise<RecoveryReport> {
    const report: RecoveryReport = { recovered: 0, duplicates: 0, buried: 0 };
    if (lanesOf(directoriesOf(this.settings.dir).rescue).length === 0) return report;
    const source = this.open();
    const buried = new DiskStore(directoriesOf(this.settings.dir).buried);
    try {
      for (;;) {
        const claim = options.signal?.aborted
          ? undefined
          : await source.claim(this.settings.batchSize, LAST_LOOK_MS);
        if (!claim) return report;
        try {
          const written = await this.writer.writeOrBury(claim.batch, (record, reason) => {
            buried.put(record, reason);
            report.buried += record.count;
            this.settings.logger.error(
              `${record.count} recovered record(s) were buried: ${messageOf(reason)}`,
            );
          });
          report.recovered += written.inserted;
          report.duplicates += written.duplicates;
        } catch (error) {
          await source.release(claim.receipt);
          throw error;
        }
        await source.acknowledge(claim.receipt);
        options.onProgress?.(report.recovered + report.duplicates + report.buried);
      }
    } finally {
      buried.endLane();
      await source.close();
    }
  }

  private open(): JournalSource {
    return openJournal(this.settings, directoriesOf(this.settings.dir).rescue);
  }
}
