import fs from 'node:fs';
import path from 'node:path';

import { uuidv7 } from 'uuidv7';

import { COLUMNS, WIRE_VERSION } from '../../record/wire';
import {
  fileHeader,
  FRAME_HEADER_BYTES,
  MAX_FRAME_BYTES,
  MAX_FRAME_RECORDS,
  writeFrameHeader,
} from './frame';
import { OWNER_FILE, OWNER_HEARTBEAT_MS, segmentPath, START, writeCheckpoint } from './lane';
import type { Position } from './lane';
import { processIdentity } from './process-identity';

const DELETED_CHECK_MS = 100;
const DEFAULT_SEGMENT_BYTES = 16 * 1024 * 1024;

export interface LaneWriterOptions {
  /** Wait for the disk at each append, so that a power cut loses nothing. Default false. */
  fsync?: boolean;
  /** A new segment is begun when the current one has grown to this many bytes. Default 16 MiB. */
  segmentBytes?: number;
  /** Wire version written to the header; only the transfer of foreign records sets it. */
  version?: number;
  /** Called when the file underneath was removed; what was appended in the 100 ms before is lost. */
  onDeleted?: () => void;
}

/**
 * Appends records to a lane of its own. Synchronous: when `append` returns, the operating system has
 * the records, and killing the process loses none of them. Makes its directory at the first append.
 */
export class LaneWriter {
  readonly id = uuidv7();
  readonly directory: string;
  private readonly fsync: boolean;
  private readonly segmentBytes: number;
  private readonly version: number;
  private readonly onDeleted: () => void;
  private scratch = Buffer.allocUnsafe(64 * 1024);
  private fd: number | undefined;
  private segment = 0;
  private offset = 0;
  private heartbeat: NodeJS.Timeout | undefined;
  private failed = false;
  private lookedAt = 0;

  constructor(journal: string, options: LaneWriterOptions = {}) {
    this.directory = path.join(journal, this.id);
    this.fsync = options.fsync ?? false;
    this.segmentBytes = options.segmentBytes ?? DEFAULT_SEGMENT_BYTES;
    this.version = options.version ?? WIRE_VERSION;
    this.onDeleted = options.onDeleted ?? (() => undefined);
  }

  /** Where the next record will stand. */
  get position(): Position {
    return { segment: this.segment, offset: this.offset };
  }

  /** Appends encoded records. Throws what the file system throws; then none or a first part of them is appended. */
  append(lines: readonly string[], remark?: string): void {
    if (this.fd === undefined || this.failed || this.offset >= this.segmentBytes || this.isDeleted())
      this.nextSegment();
    if (this.offset === 0) this.write(Buffer.from(fileHeader(this.version, COLUMNS)));
    if (remark !== undefined) this.write(Buffer.from(`# ${remark.replace(/[\r\n]+/g, ' ')}\n`));
    for (let from = 0; from < lines.length;) {
      let to = from;
      let bytes = 0;
      while (to < lines.length && to - from < MAX_FRAME_RECORDS) {
        // UTF-8 takes at most three bytes for a UTF-16 unit.
        const most = (lines[to] as string).length * 3;
        if (to > from && bytes + most > MAX_FRAME_BYTES) break;
        bytes += most;
        to++;
      }
      this.appendFrame(lines.slice(from, to), bytes);
      from = to;
    }
    if (this.fsync) fs.fdatasyncSync(this.fd as number);
  }

  /** Ends the lane: nothing more will be appended, and its reader may remove it. */
  close(): void {
    clearInterval(this.heartbeat);
    if (this.fd === undefined) return;
    fs.closeSync(this.fd);
    this.fd = undefined;
    fs.rmSync(path.join(this.directory, OWNER_FILE), { force: true });
  }

  private appendFrame(lines: readonly string[], mostBytes: number): void {
    if (this.scratch.length < FRAME_HEADER_BYTES + mostBytes) {
      this.scratch = Buffer.allocUnsafe(FRAME_HEADER_BYTES + mostBytes);
    }
    let end = FRAME_HEADER_BYTES;
    for (const line of lines) end += this.scratch.write(line, end);
    writeFrameHeader(this.scratch, lines.length, end - FRAME_HEADER_BYTES);
    this.write(this.scratch.subarray(0, end));
    if (this.scratch.length > 4 * MAX_FRAME_BYTES) this.scratch = Buffer.allocUnsafe(64 * 1024);
  }

  private write(bytes: Buffer): void {
    try {
      for (let done = 0; done < bytes.length;) {
        done += fs.writeSync(this.fd as number, bytes, done, bytes.length - done);
      }
      this.offset += bytes.length;
    } catch (error) {
      this.abandon();
      throw error;
    }
  }

  /** What a failed write left behind is cut off again; where even that fails the segment ends in a torn tail. */
  private abandon(): void {
    // The next try begins a new segment, so that on a full disk this one is released when it has been read.
    this.failed = this.offset > 0;
    try {
      fs.ftruncateSync(this.fd as number, this.offset);
    } catch {
      this.failed = true;
    }
  }

  /** Writing to a file that someone has removed would succeed, and go nowhere. */
  private isDeleted(): boolean {
    const now = performance.now();
    if (now - this.lookedAt < DELETED_CHECK_MS) return false;
    this.lookedAt = now;
    if (fs.fstatSync(this.fd as number).nlink > 0) return false;
    this.onDeleted();
    return true;
  }

  private nextSegment(): void {
    this.createLane();
    const segment = this.segment + 1;
    const fd = fs.openSync(segmentPath(this.directory, segment), 'ax', 0o600);
    if (this.fd !== undefined) fs.closeSync(this.fd);
    this.fd = fd;
    this.segment = segment;
    this.offset = 0;
    this.failed = false;
    if (this.fsync) syncDirectory(this.directory);
  }

  /**
   * Made under another name first: a lane without an owner would look like one that is closed. Made anew
   * where someone has removed it.
   */
  private createLane(): void {
    if (fs.existsSync(this.directory)) return;
    const temporary = `${this.directory}.new`;
    fs.mkdirSync(temporary, { recursive: true, mode: 0o700 });
    fs.writeFileSync(path.join(temporary, OWNER_FILE), JSON.stringify(processIdentity()), { mode: 0o600 });
    // Made now, so that a full disk does not keep readers from telling how far they are.
    writeCheckpoint(temporary, START);
    fs.renameSync(temporary, this.directory);
    if (this.fsync) syncDirectory(path.dirname(this.directory));
    clearInterval(this.heartbeat);
    this.heartbeat = setInterval(() => this.beat(), OWNER_HEARTBEAT_MS);
    this.heartbeat.unref();
  }

  private beat(): void {
    const now = new Date();
    fs.utimes(path.join(this.directory, OWNER_FILE), now, now, () => undefined);
  }
}

/** A new file survives a power cut only when its directory is on disk too (elastic/beats#3537). */
function syncDirectory(directory: string): void {
  const fd = fs.openSync(directory, 'r');
  try {
    fs.fsyncSync(fd);
  } finally {
    fs.closeSync(fd);
  }
}
