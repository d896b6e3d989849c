import fs from 'node:fs';
import path from 'node:path';

import {
  LEASE_FILE,
  readCheckpoint,
  segmentPath,
  segmentsOf,
  START,
  writeCheckpoint,
} from '../buffer/journal/lane';
import type { Damage } from '../buffer/journal/lane-reader';
import { LaneWriter } from '../buffer/journal/lane-writer';
import { Lease } from '../buffer/journal/lease';
import { remarkedFrames } from '../buffer/journal/remarks';
import { Batch } from '../record/batch';
import type { BatchWriter } from '../storage/batch-writer';
import { remarkOn } from './disk-store';

/** The file system does not give what lies in a lane; the cause says why. Others may be in order. */
export class UnreadableLane extends Error {}

/** In the lane itself, and so out of sight of whoever looks for lanes. */
const UNFINISHED = 'retry';
/** A claim of the database's patience, as in other readers: so many bytes go in one batch at most. */
const ENOUGH_BYTES = 4 * 1024 * 1024;

export interface RetryParts {
  readonly writer: BatchWriter;
  readonly batchSize: number;
  readonly onDamage: (damage: Damage) => void;
  /** `false` ends the work: the lane then stays as it was. */
  onBatch(written: { inserted: number; duplicates: number; refused: number }): boolean;
}

/**
 * Tries to store all records of a lane that nobody writes to. Those that are refused again replace the lane's
 * segments by one, which is made beside them and comes into force with its renaming: the checkpoint that stands at
 * it counts only once it is there. Killed before that, the lane is what it was; stored records come a second time,
 * which the table does not mind. False if another process is at it. Throws {@link UnreadableLane}, and what the
 * database throws.
 */
export async function retryLane(lane: string, parts: RetryParts): Promise<boolean> {
  const lease = Lease.acquire(path.join(lane, LEASE_FILE));
  if (!lease) return false;
  const unfinished = path.join(lane, UNFINISHED);
  const refused = new Refused(unfinished);
  try {
    fs.rmSync(unfinished, { recursive: true, force: true });
    removeReplaced(lane);
    for (const batch of readable(batchesOf(lane, parts))) {
      const before = refused.count;
      const written = await parts.writer.writeOrBury(batch, (record, reason) => refused.add(record, reason));
      if (!parts.onBatch({ ...written, refused: refused.count - before })) return true;
    }
    // While this process was frozen another may have taken over.
    if (lease.isHeld()) replace(lane, refused.finish());
    return true;
  } finally {
    refused.finish();
    fs.rmSync(unfinished, { recursive: true, force: true });
    lease.release();
  }
}

/** What is still refused, in a segment that is not in force yet. */
class Refused {
  count = 0;
  private writer: LaneWriter | undefined;

  constructor(private readonly directory: string) {}

  add(record: Batch, reason: unknown): void {
    const { version } = record;
    this.writer ??= new LaneWriter(this.directory, { fsync: 'always', segmentBytes: Infinity, version });
    this.writer.append(record.texts(), remarkOn(reason));
    this.count += record.count;
  }

  /** Its file; undefined if nothing was refused. */
  finish(): string | undefined {
    this.writer?.close();
    return this.writer && segmentPath(this.writer.directory, this.writer.position.segment);
  }
}

/** A lane is of one version. */
function* batchesOf(lane: string, { batchSize, onDamage }: RetryParts): Generator<Batch> {
  let bodies: Buffer[] = [];
  let count = 0;
  let bytes = 0;
  let version: number | undefined;
  const take = (): Batch => new Batch(Buffer.concat(bodies), count, version);
  for (const { batch } of remarkedFrames(lane, onDamage)) {
    bodies.push(batch.lines);
    count += batch.count;
    bytes += batch.lines.length;
    version = batch.version;
    if (count < batchSize && bytes < ENOUGH_BYTES) continue;
    yield take();
    bodies = [];
    count = bytes = 0;
  }
  if (count > 0) yield take();
}

function* readable(batches: Generator<Batch>): Generator<Batch> {
  try {
    yield* batches;
  } catch (cause) {
    throw new UnreadableLane('a lane cannot be read', { cause });
  }
}

/** What a retry that was killed at its end has left: segments that another has replaced. */
function removeReplaced(lane: string): void {
  const { segment } = readCheckpoint(lane);
  for (const old of segmentsOf(lane)) if (old < segment) fs.rmSync(segmentPath(lane, old), { force: true });
}

function replace(lane: string, file: string | undefined): void {
  if (file === undefined) {
    fs.rmSync(lane, { recursive: true, force: true });
    return;
  }
  const segment = (segmentsOf(lane).at(-1) ?? START.segment) + 1;
  writeCheckpoint(lane, { segment, offset: 0 });
  fs.renameSync(file, segmentPath(lane, segment));
  syncDirectory(lane);
  removeReplaced(lane);
}

function syncDirectory(directory: string): void {
  const fd = fs.openSync(directory, 'r');
  try {
    fs.fsyncSync(fd);
  } finally {
    fs.closeSync(fd);
  }
}
