import fs from 'node:fs';
import path from 'node:path';

import {
  endOf,
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
  /** Reads again what was released. */
  private rereader: LaneReader | undefined;
  /** All from the checkpoint to the reader's position, in order. */
  private readonly parts: Part[] = [];
  private released = 0;
  private dryReads = 0;
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
      this.dryReads++;
      this.exhausted = this.writerGone;
      return undefined;
    }
    const part: Part = { start: stretch.start, end: stretch.end, state: 'out' };
    this.parts.push(part);
    return { stretch, part };
  }

  /** Takes effect for those who come after with {@link advance}, once for many parts. */
  acknowledge(part: Part): void {
    if (part.state === 'out') part.state = 'done';
  }

  release(part: Part): void {
    if (part.state !== 'out') return;
    part.state = 'released';
    this.released++;
  }

  /** Answers, at any later time, whether all that stands in the lane now has been handed out. */
  mark(): () => boolean {
    const end = endOf(this.lane);
    const { dryReads } = this;
    // Of half a frame at the end, only a read that finds nothing whole tells that all before it is out.
    return () => this.released === 0 && (!isBefore(this.reader.position, end) || this.dryReads > dryReads);
  }

  /** Moves the checkpoint up to the first part that is not done. */
  advance(): void {
    const open = this.parts.findIndex((part) => part.state !== 'done');
    const count = open < 0 ? this.parts.length : open;
    const end = this.parts[count - 1]?.end;
    if (!end) return;
    // While this process was frozen another consumer may have taken the lane over, or finished it.
    if (this.isHeld()) this.checkpoint(end);
    // Only now: where the disk refused, they are tried again.
    this.parts.splice(0, count);
  }

  /**
   * Looks whether the lane's writer is gone, and removes the lane once all of it was read after that
   * and is acknowledged. True when it was removed.
   */
  retire(): boolean {
    this.advance();
    if (this.parts.length > 0) return false;
    if (!this.writerGone && ['closed', 'dead'].includes(writerOf(this.lane))) {
      this.writerGone = true;
      this.reader.markFinal();
    }
    if (!this.exhausted) return false;
    this.closeReaders();
    fs.rmSync(this.lane, { recursive: true, force: true });
    this.lease.release();
    return true;
  }

  close(): void {
    this.closeReaders();
    this.lease.release();
  }

  private closeReaders(): void {
    this.reader.close();
    this.rereader?.close();
    this.rereader = undefined;
  }

  private checkpoint(end: Position): void {
    writeCheckpoint(this.lane, end);
    for (const segment of segmentsOf(this.lane)) {
      if (segment >= end.segment) break;
      fs.rmSync(segmentPath(this.lane, segment), { force: true });
    }
  }

  /**
   * Parts that came back are read again from their place, so that nobody holds records in memory;
   * neighbours as one, so that many small ones make few.
   */
  private again(limit: number): { stretch: Stretch; part: Part } | undefined {
    const first = this.parts.findIndex((part) => part.state === 'released');
    let last = first;
    while (this.parts[last + 1]?.state === 'released') last++;
    const { start } = this.parts[first] as Part;
    const { end } = this.parts[last] as Part;
    const stretch = this.readerAt(start).read(limit, end);
    const part: Part = { start, end: stretch?.end ?? end, state: stretch ? 'out' : 'done' };
    const rest: Part[] = isBefore(part.end, end) ? [{ start: part.end, end, state: 'released' }] : [];
    this.parts.splice(first, last - first + 1, part, ...rest);
    this.released += rest.length - (last - first + 1);
    if (this.released === 0) {
      this.rereader?.close();
      this.rereader = undefined;
    }
    if (stretch) return { stretch, part };
    this.advance();
    return this.next(limit);
  }

  private readerAt(start: Position): LaneReader {
    const at = this.rereader?.position;
    if (at?.segment !== start.segment || at.offset !== start.offset) {
      this.rereader?.close();
      // Damage on the way was told at the first reading.
      this.rereader = new LaneReader(this.lane, start, () => undefined);
    }
    return this.rereader as LaneReader;
  }
}
