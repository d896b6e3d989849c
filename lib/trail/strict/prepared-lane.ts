import fs from 'node:fs';

import { atExit } from '../../at-exit';
import { segmentPath, segmentsOf, writeCheckpoint } from '../../buffer/journal/lane';
import type { Position } from '../../buffer/journal/lane';
import { LaneWriter } from '../../buffer/journal/lane-writer';
import type { FsyncPolicy } from '../../options';
import type { Deliverable } from '../pending-records';
import { remarkOf } from './prepared-transaction';
import type { PreparedTransaction } from './prepared-transaction';

/** Small, because a segment goes when all in it is settled, which is soon. */
const SEGMENT_BYTES = 1024 * 1024;

/** Where the records of a transaction stand that is not settled yet. */
export interface Entry {
  readonly transaction: PreparedTransaction;
  readonly start: Position;
}

/**
 * The lane of a process for what it is about to commit: in the journal's form, a remark before the records of
 * each transaction. What is settled is not marked one by one: the lane's checkpoint says from where on something
 * is open. What is settled behind it, another process would settle once more, which the records' ids make harmless.
 */
export class PreparedLane {
  private readonly writer: LaneWriter;
  private readonly open = new Set<Entry>();
  /** Settled, but their records are only in memory: the disk with the journal takes nothing. */
  private readonly held = new Set<Entry>();
  private readonly callOff: () => void;

  constructor(
    directory: string,
    /** Whether all that was delivered is on disk. */
    private readonly isSafe: () => boolean,
    private readonly onSettled: (transaction: PreparedTransaction) => void,
    fsync: FsyncPolicy,
  ) {
    this.writer = new LaneWriter(directory, { segmentBytes: SEGMENT_BYTES, fsync });
    this.callOff = atExit(() => this.close());
  }

  /** The owner of what this process leaves in the database. */
  get id(): string {
    return this.writer.id;
  }

  /** Throws what the file system throws. */
  append(transaction: PreparedTransaction, records: Deliverable): Entry {
    const entry = { transaction, start: this.writer.position };
    let remark: string | undefined = remarkOf(transaction);
    for (const lines of records.batches()) {
      this.writer.append(lines, remark);
      remark = undefined;
    }
    this.open.add(entry);
    return entry;
  }

  /** Its records are delivered, or will never be. Throws what the file system throws; then it is settled once more later. */
  settle(entry: Entry): void {
    this.held.add(entry);
    if (!this.isSafe()) return;
    for (const done of this.held) {
      this.open.delete(done);
      this.onSettled(done.transaction);
    }
    this.held.clear();
    const [first] = this.open;
    this.moveTo(first?.start ?? this.writer.position);
  }

  /** What is open stays, for whoever settles it. */
  close(): void {
    this.callOff();
    this.writer.close();
  }

  private moveTo(position: Position): void {
    const { directory } = this.writer;
    writeCheckpoint(directory, position);
    for (const segment of segmentsOf(directory)) {
      if (segment >= position.segment) break;
      fs.rmSync(segmentPath(directory, segment), { force: true });
    }
  }
}
