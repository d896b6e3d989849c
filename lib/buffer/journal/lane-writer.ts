import fs from 'node:fs';
import path from 'node:path';

import { uuidv7 } from 'uuidv7';

import type { FsyncPolicy } from '../../options';
import { COLUMNS, WIRE_VERSION } from '../../record/wire';
import { fileSync } from './file-sync';
import type { FileSync } from './file-sync';
import {
  fileHeader,
  FRAME_HEADER_BYTES,
  MAX_FRAME_BYTES,
  MAX_FRAME_RECORDS,
  remarkLine,
  writeFrameHeader,
} from './frame';
import { OWNER_FILE, OWNER_HEARTBEAT_MS, segmentPath, START, writeCheckpoint } from './lane';
import type { Position } from './lane';
import { processIdentity } from './process-identity';

const DELETED_CHECK_MS = 100;
export const DEFAULT_SEGMENT_BYTES = 16 * 1024 * 1024;

export interface LaneWriterOptions {
  /** When appended records are brought to disk, for a power cut's sake. Default `never`. */
  fsync?: FsyncPolicy;
  /** A new segment is begun when the current one has grown to this many bytes. Default 16 MiB. */
  segmentBytes?: number;
  /** Wire version written to the header; only the transfer of foreign records sets it. */
  version?: number;
  /** Called when the file underneath was removed; what was appended in the 100 ms before is lost. */
  onDeleted?: () => void;
  /** Called when the disk failed after `append` had returned (fsync `interval`). A new segment is begun by itself. */
  onSyncFailed?: (error: unknown) => void;
}

/**
 * Appends records to a lane of its own. Synchronous: when `append` returns, the operating system has
 * the records, and killing the process loses none of them. Makes its directory at the first append.
 */
export class LaneWriter {
  readonly id = uuidv7();
  readonly directory: string;
  /** Bytes that were ever appended. */
  written = 0;
  private readonly sync: FileSync;
  private readonly segmentBytes: number;
  private readonly version: number;
  private readonly onDeleted: () => void;
  private scratch = Buffer.allocUnsafe(64 * 1024);
  private fd: number | undefined;
  private segment = 0;
  private offset = 0;
  /** Directories above the lane that have entries which are not known to be on disk. */
  private changed: string[] = [];
  private heartbeat: NodeJS.Timeout | undefined;
  private failed = false;
  private lookedAt = 0;

  constructor(
    private readonly journal: string,
    options: LaneWriterOptions = {},
  ) {
    this.directory = path.join(journal, this.id);
    this.sync = fileSync(options.fsync ?? 'never', (error) => {
      this.failed = true;
      options.onSyncFailed?.(error);
    });
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
    const start = this.offset;
    if (remark !== undefined) this.write(remarkLine(remark));
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
    try {
      this.sync.appended(this.fd as number);
    } catch (error) {
      // So that it does not come twice. A reader that was faster has it, and it is stored once.
      this.abandon(start);
      // The system tells of it once; the next call on this file may report success (fsync(2), EIO).
      this.failed = true;
      throw error;
    }
  }

  /** Ends the lane: nothing more will be appended, and its reader may remove it. */
  close(): void {
    clearInterval(this.heartbeat);
    if (this.fd === undefined) return;
    this.sync.release(this.fd);
    this.fd = undefined;
    this.sync.close();
    fs.rmSync(path.join(this.directory, OWNER_FILE), { force: true });
  }

  private appendFrame(lines: readonly string[], mostBytes: number): void {
    if (this.scratch.length < FRAME_HEADER_BYTES + mostBytes) {
      this.scratch = Buffer.allocUnsafe(FRAME_HEADER_BYTES + mostBytes);
    }
    const end = FRAME_HEADER_BYTES + this.scratch.write(lines.join(''), FRAME_HEADER_BYTES);
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
      this.written += bytes.length;
    } catch (error) {
      this.abandon(this.offset);
      throw error;
    }
  }

  /** What a failed write left behind is cut off again; where even that fails the segment ends in a torn tail. */
  private abandon(offset: number): void {
    this.offset = offset;
    // The next try begins a new segment, so that on a full disk this one is released when it has been read.
    this.failed = offset > 0;
    try {
      fs.ftruncateSync(this.fd as number, offset);
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
    const { segment, fd } = this.createSegment();
    if (this.fd !== undefined) this.sync.release(this.fd);
    this.fd = fd;
    this.segment = segment;
    this.offset = 0;
    // Until it is known that the file will be found again.
    this.failed = true;
    this.sync.opened([...this.changed, this.directory], fd);
    this.changed = [];
    this.failed = false;
  }

  /** A file of that name is not ours, and is passed over. */
  private createSegment(): { segment: number; fd: number } {
    for (let segment = this.segment + 1; ; segment++) {
      try {
        return { segment, fd: fs.openSync(segmentPath(this.directory, segment), 'ax', 0o600) };
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      }
    }
  }

  /**
   * Made under another name first: a lane without an owner would look like one that is closed. Made anew
   * where someone has removed it.
   */
  private createLane(): void {
    if (fs.existsSync(this.directory)) return;
    this.createJournal();
    const temporary = `${this.directory}.new`;
    // What failed half-way; or what someone has laid there, so that we would write elsewhere.
    fs.rmSync(temporary, { recursive: true, force: true });
    fs.mkdirSync(temporary, { mode: 0o700 });
    fs.writeFileSync(path.join(temporary, OWNER_FILE), JSON.stringify(processIdentity()), {
      flag: 'wx',
      mode: 0o600,
    });
    // Made now, so that a full disk does not keep readers from telling how far they are.
    writeCheckpoint(temporary, START);
    fs.renameSync(temporary, this.directory);
    clearInterval(this.heartbeat);
    this.heartbeat = setInterval(() => this.beat(), OWNER_HEARTBEAT_MS);
    this.heartbeat.unref();
  }

  private createJournal(): void {
    const first = makeDirectory(this.journal);
    this.changed.push(this.journal);
    if (first === undefined) return;
    for (let made = this.journal; made.length >= first.length; made = path.dirname(made))
      this.changed.push(path.dirname(made));
  }

  private beat(): void {
    const now = new Date();
    fs.lutimes(path.join(this.directory, OWNER_FILE), now, now, () => undefined);
  }
}

/** The first of the directories that had to be made, if any. */
function makeDirectory(directory: string): string | undefined {
  try {
    return fs.mkdirSync(directory, { recursive: true, mode: 0o700 });
  } catch (error) {
    // What Node says of a read-only file system, too; asked for one directory, it says what is wrong.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') fs.mkdirSync(directory, { mode: 0o700 });
    throw error;
  }
}
