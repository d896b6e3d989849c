import fs from 'node:fs';
import path from 'node:path';

import {
  isBefore,
  LEASE_FILE,
  readCheckpoint,
  segmentPath,
  segmentsOf,
  writeCheckpoint,
  writerOf,
} from './lane';
import type { Position } from './lane';
import { LaneReader } from './lane-reader';
import type { Damage, Stretch } from './lane-reader';
import { Lease } from './lease';

/** A stretch that was handed out: done when acknowledged, read again when released. */
export interface Part {
  readonly start: Position;
  readonly end: Position;
  state: 'out' | 'done' | 'released';
}

/**
 * One consumer's hold on a lane. Parts may be acknowledged in any order; the checkpoint moves up to the
 * first that is not, and segments before it are deleted.
 */
export class LaneCursor {
  private readonly reader: LaneReader;
  private readonly parts: Part[] = [];
  private released = 0;
  private writerGone = false;
  private exhausted = false;

  private constructor(
    readonly lane: string,
    private readonly lease: Lease,
    onDamage: (damage: Damage) => void,
  ) {
    this.reader = new LaneReader(lane, readCheckpoint(lane), onDamage);
  }

  /** Undefined while another consumer holds the lane. */
  static open(lane: string, onDamage: (damage: Damage) => void): LaneCursor | undefined {
    const lease = Lease.acquire(path.join(lane, LEASE_FILE));
    return lease && new LaneCursor(lane, lease, onDamage);
  }

  isHeld(): boolean {
    return this.lease.isHeld();
  }

  next(limit: number): { stretch: Stretch; part: Part } | undefined {
    if (this.released > 0) return this.again(limit);
    const stretch = this.reader.read(limit);
    if (!stretch) {
      this.exhausted = this.writerGone;
      return undefined;
    }
    const part: Part = { start: stretch.start, end: stretch.end, state: 'out' };
    this.parts.push(part);
    return { stretch, part };
  }

  acknowledge(part: Part): void {
    if (part.state !== 'out') return;
    part.state = 'done';
    this.advance();
  }

  release(part: Part): void {
    if (part.state !== 'out') return;
    part.state = 'released';
    this.released++;
  }

  /**
   * Looks whether the lane's writer is gone, and removes the lane once all of it was read after that
   * and is acknowledged. True when it was removed.
   */
  retire(): boolean {
    if (this.parts.length > 0) return false;
    if (!this.writerGone && ['closed', 'dead'].includes(writerOf(this.lane))) {
      this.writerGone = true;
      this.reader.markFinal();
    }
    if (!this.exhausted) return false;
    this.reader.close();
    fs.rmSync(this.lane, { recursive: true, force: true });
    this.lease.release();
    return true;
  }

  close(): void {
    this.reader.close();
    this.lease.release();
  }

  /** Moves the checkpoint up to the first part that is not done. */
  private advance(): void {
    let end: Position | undefined;
    while (this.parts[0]?.state === 'done') end = this.parts.shift()?.end;
    if (!end) return;
    // While this process was frozen another consumer may have taken the lane over, or finished it.
    if (!this.isHeld()) return;
    writeCheckpoint(this.lane, end);
    for (const segment of segmentsOf(this.lane)) {
      if (segment >= end.segment) break;
      fs.rmSync(segmentPath(this.lane, segment), { force: true });
    }
  }

  /** A part that came back is read again from its place, so that nobody holds records in memory. */
  private again(limit: number): { stretch: Stretch; part: Part } | undefined {
    const index = this.parts.findIndex((part) => part.state === 'released');
    const part = this.parts[index] as Part;
    this.released--;
    // Damage on the way was told at the first reading.
    const reader = new LaneReader(this.lane, part.start, () => undefined);
    const stretch = reader.read(limit, part.end);
    reader.close();
    if (!stretch) {
      part.state = 'done';
      this.advance();
      return this.next(limit);
    }
    const again: Part = { start: part.start, end: stretch.end, state: 'out' };
    this.parts[index] = again;
    if (isBefore(stretch.end, part.end)) {
      this.parts.splice(index + 1, 0, { start: stretch.end, end: part.end, state: 'released' });
      this.released++;
    }
    return { stretch, part: again };
  }
}
