import fs from 'node:fs';

import { Batch } from '../../record/batch';
import { WIRE_VERSION } from '../../record/wire';
import { damageEnd, nextFrame, parseFrame, versionOf } from './frame';
import { isBefore, segmentPath, segmentsOf } from './lane';
import type { Position } from './lane';
import { openFile } from './lane-files';

const CHUNK_BYTES = 256 * 1024;
/** A stretch ends here whatever its limit, so that large records neither fill the memory nor exceed what a server takes. */
export const ENOUGH_BYTES = 4 * 1024 * 1024;
/** Damage is told in pieces of about this size, so that a file of any size takes no more memory. */
const DAMAGE_BYTES = 8 * 1024 * 1024;
const NOTHING = Buffer.alloc(0);

/** Some records of a lane and where they stand, so that they can be read again. */
export interface Stretch {
  readonly batch: Batch;
  readonly start: Position;
  readonly end: Position;
}

/** Bytes of a segment that are no records: flipped bits, or what a killed process left half written. */
export interface Damage {
  readonly file: string;
  readonly offset: number;
  readonly bytes: Buffer;
}

/**
 * Reads a lane from a position on, while its writer may still append. A frame that is not whole yet is
 * waited for; it counts as damaged once nothing can complete it: a later segment exists, or the writer
 * is gone (`final`). Damage is handed to `onDamage` and skipped.
 */
export class LaneReader {
  private at: Position;
  private fd: number | undefined;
  private version: number | undefined;
  private sealed = false;
  private final = false;

  constructor(
    private readonly lane: string,
    from: Position,
    private readonly onDamage: (damage: Damage) => void,
    /** Told of each remark, the header of the segment among them, before the records behind it are read; no stretch goes past one. */
    private readonly onRemark?: (line: string) => void,
  ) {
    this.at = from;
  }

  get position(): Position {
    return this.at;
  }

  /** The writer is gone: what stands in the lane now is all there will ever be. */
  markFinal(): void {
    this.final = true;
  }

  /**
   * The next records, about `limit` at most (a frame is never split), not beyond `until`. A stretch
   * lies in one segment, and so is of one version.
   */
  read(limit: number, until?: Position): Stretch | undefined {
    const bodies: Buffer[] = [];
    let count = 0;
    let bytes = 0;
    let start = this.at;
    try {
      // Of damage alone there is never enough: to find nothing means that there is nothing.
      while (count < limit && (count === 0 || bytes < ENOUGH_BYTES)) {
        if (this.fd === undefined && !this.open()) break;
        if (until && !isBefore(this.at, until)) break;
        const room = until?.segment === this.at.segment ? until.offset - this.at.offset : Infinity;
        const chunk = this.chunk();
        const taken = this.take(chunk, limit - count, room, bodies, count === 0);
        if (taken.bytes > 0) {
          if (count === 0) start = this.at;
          count += taken.count;
          bytes += taken.bytes;
          this.at = { segment: this.at.segment, offset: this.at.offset + taken.bytes };
        } else if (count > 0 || !this.passEnd(chunk)) {
          break;
        }
      }
      if (count === 0) return undefined;
      // Not when it is opened: a new segment may still be empty then.
      this.version ??= this.readVersion();
    } catch (error) {
      // Or the records read so far, which nobody will see, would be passed over.
      if (count > 0) this.at = start;
      // What is repaired may be another file.
      this.close();
      throw error;
    }
    return { batch: new Batch(Buffer.concat(bodies), count, this.version), start, end: this.at };
  }

  close(): void {
    if (this.fd !== undefined) fs.closeSync(this.fd);
    this.fd = undefined;
  }

  /** Opens the segment at the position, or the first one behind it that still exists. */
  private open(): boolean {
    const segment = segmentsOf(this.lane).find((number) => number >= this.at.segment);
    if (segment === undefined) return false;
    try {
      this.fd = openFile(segmentPath(this.lane, segment));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
      throw error;
    }
    if (segment !== this.at.segment) this.at = { segment, offset: 0 };
    this.sealed = false;
    this.version = undefined;
    return true;
  }

  private readVersion(): number {
    const start = Buffer.alloc(64);
    const length = fs.readSync(this.fd as number, start, 0, start.length, 0);
    return versionOf(start.toString('latin1', 0, length)) ?? WIRE_VERSION;
  }

  /** Bytes from the position on: a chunk, or as much as it takes to see the frame there whole, or where its damage ends. */
  private chunk(): Buffer {
    // The usual case while polling; it should cost next to nothing.
    const rest = fs.fstatSync(this.fd as number).size - this.at.offset;
    if (rest <= 0) return NOTHING;
    let size = CHUNK_BYTES;
    for (;;) {
      // No more than there is, whatever a frame's header says.
      const buffer = Buffer.allocUnsafe(Math.min(size, rest));
      const length = fs.readSync(this.fd as number, buffer, 0, buffer.length, this.at.offset);
      const bytes = buffer.subarray(0, length);
      if (length < size) return bytes;
      const first = parseFrame(bytes, 0);
      if (first.kind !== 'incomplete' && (first.next !== undefined || size > DAMAGE_BYTES)) return bytes;
      size = Math.max(first.kind === 'incomplete' ? first.needed : 0, size * 2);
    }
  }

  /** Collects whole frames from the beginning of a chunk; `bytes` is how far it got. */
  private take(
    chunk: Buffer,
    limit: number,
    room: number,
    bodies: Buffer[],
    isFirst: boolean,
  ): { count: number; bytes: number } {
    let count = 0;
    let offset = 0;
    while (count < limit && offset < room) {
      const parsed = parseFrame(chunk, offset);
      if (parsed.kind === 'frame') {
        bodies.push(parsed.body);
        count += parsed.count;
        offset = parsed.next;
      } else if (parsed.kind === 'remark') {
        if (this.onRemark && (!isFirst || count > 0)) break;
        this.onRemark?.(chunk.toString('utf8', offset, parsed.next - 1));
        offset = parsed.next;
      } else if (parsed.kind === 'damaged') {
        // It may have been a remark.
        if (this.onRemark && (!isFirst || count > 0)) break;
        const end = parsed.next ?? pieceEnd(chunk, offset);
        if (end === undefined) break;
        this.report(chunk.subarray(offset, end), offset);
        offset = end;
      } else {
        break;
      }
    }
    return { count, bytes: offset };
  }

  /**
   * Nothing whole stands at the position. Goes on to the next segment if this one is complete. Its
   * completeness must have been known before the last look at its bytes, or a frame appended in
   * between would be passed over: hence the second round.
   */
  private passEnd(chunk: Buffer): boolean {
    const next = segmentsOf(this.lane).find((number) => number > this.at.segment);
    const complete = next !== undefined || this.final;
    if (!complete) return false;
    if (!this.sealed) {
      this.sealed = true;
      return true;
    }
    if (chunk.length > 0) {
      this.skipDamage();
      return true;
    }
    if (next === undefined) return false;
    this.close();
    this.at = { segment: next, offset: 0 };
    return true;
  }

  /** In a complete segment, what is no frame ends at the next frame or at the end of the file. */
  private skipDamage(): void {
    const size = fs.fstatSync(this.fd as number).size - this.at.offset;
    const rest = Buffer.alloc(Math.min(size, 2 * DAMAGE_BYTES));
    const length = fs.readSync(this.fd as number, rest, 0, rest.length, this.at.offset);
    const end = nextFrame(rest, 0) ?? (length < size ? damageEnd(rest) : length);
    this.report(rest.subarray(0, end), 0);
    this.at = { segment: this.at.segment, offset: this.at.offset + end };
  }

  private report(bytes: Buffer, offset: number): void {
    this.onDamage({
      file: segmentPath(this.lane, this.at.segment),
      offset: this.at.offset + offset,
      bytes: Buffer.from(bytes),
    });
  }
}

/** Where a piece of damage ends that is too large to wait for its end. */
function pieceEnd(chunk: Buffer, offset: number): number | undefined {
  return chunk.length - offset > DAMAGE_BYTES ? offset + damageEnd(chunk.subarray(offset)) : undefined;
}
