import { LaneWriter } from '../buffer/journal/lane-writer';
import { messageOf } from '../errors';
import type { Batch } from '../record/batch';

/**
 * Puts records that the table does not take, for now or at all, on the worker's disk: in the journal's
 * own form, and with fsync, because the buffer forgets them afterwards. Rescue files and buried records
 * are both of this kind; the first are read again by the recovery, the others wait for a person.
 */
export class DiskStore {
  private lane: { writer: LaneWriter; version: number } | undefined;

  constructor(private readonly directory: string) {}

  /** Returns when the records are on disk. Throws what the file system throws. */
  put(batch: Batch, reason: unknown): void {
    if (this.lane?.version !== batch.version) {
      this.endLane();
      this.lane = {
        writer: new LaneWriter(this.directory, { fsync: 'always', version: batch.version }),
        version: batch.version,
      };
    }
    const lines = batch.texts();
    (this.lane as { writer: LaneWriter }).writer.append(lines, remarkOn(reason));
  }

  /** Ends the current lane, so that its reader removes it when it is empty. The next record begins another. */
  endLane(): void {
    this.lane?.writer.close();
    this.lane = undefined;
  }
}

/** What is written before the records: when, and what the database said. */
export function remarkOn(reason: unknown): string {
  return `${new Date().toISOString()} ${messageOf(reason)}`;
}
