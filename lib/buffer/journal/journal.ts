import { atExit } from '../../at-exit';
import type { FsyncPolicy } from '../../options';
import { messageOf } from '../../errors';
import type { Logger } from '../../logger';
import type { DriverCounters } from '../contract';
import { JournalLimit, mebibytes } from './journal-limit';
import type { Position } from './lane';
import { DEFAULT_SEGMENT_BYTES, LaneWriter } from './lane-writer';

const RETRY_MS = 1_000;
/** While the disk takes nothing, so much is held in memory (UTF-16 units of encoded records). */
const MAX_HELD_LENGTH = 16 * 1024 * 1024;
/** Segments of a small journal are smaller, so that what is read does not keep its room for long. */
const SEGMENTS_IN_LIMIT = 8;

export interface JournalOptions {
  /** Default `never`. */
  fsync?: FsyncPolicy;
  /** Bytes that may wait in all lanes of the directory; default 0, without limit. */
  limitBytes?: number;
}

/**
 * What every record enters first. Synchronous, and it never throws: while the file system refuses (full,
 * read-only, gone), or more waits than may, records are held in memory up to a bound, loudly, and appended as soon as it lets us.
 */
export class Journal {
  captured = 0;
  journaled = 0;
  dropped = 0;
  private readonly writer: LaneWriter;
  private readonly limit: JournalLimit;
  private held: string[] = [];
  private heldLength = 0;
  private retry: NodeJS.Timeout | undefined;
  private readonly callOff: () => void;

  constructor(
    private readonly directory: string,
    private readonly logger: Logger,
    { fsync = 'never', limitBytes = 0 }: JournalOptions = {},
  ) {
    this.writer = new LaneWriter(directory, {
      fsync,
      segmentBytes: Math.min(DEFAULT_SEGMENT_BYTES, limitBytes / SEGMENTS_IN_LIMIT || Infinity),
      onDeleted: () => this.reportDeletion(),
      onSyncFailed: (error) => this.reportSyncFailure(error),
    });
    this.limit = new JournalLimit(directory, limitBytes, () => this.writer.written, logger);
    // Also removes the owner's mark, so that others need not guess whether this process lives.
    this.callOff = atExit(() => this.close());
  }

  get lane(): string {
    return this.writer.directory;
  }

  get position(): Position {
    return this.writer.position;
  }

  /** Records that are in memory only. */
  get heldCount(): number {
    return this.held.length;
  }

  counters(): DriverCounters {
    const { captured, journaled, heldCount: held, dropped } = this;
    return { captured, journaled, stored: 0, held, dropped };
  }

  append(lines: readonly string[]): void {
    this.captured += lines.length;
    if (this.held.length === 0 && this.tryAppend(lines)) return;
    this.hold(lines);
  }

  /** Tries once more to write what is held; true if nothing is held any longer. */
  flushHeld(): boolean {
    if (this.limit.isReached) void this.limit.look();
    return this.writeHeld(() => this.tryAppend(this.held));
  }

  private writeHeld(append: () => boolean): boolean {
    if (this.held.length > 0 && append()) {
      this.logger.info(
        `The journal in ${this.directory} takes records again; ${this.held.length} held ones are in it.`,
      );
      this.held = [];
      this.heldLength = 0;
    }
    if (this.held.length === 0) {
      clearInterval(this.retry);
      this.retry = undefined;
    }
    return this.held.length === 0;
  }

  close(): void {
    this.callOff();
    this.limit.close();
    // Whatever the limit is: they would be lost.
    if (!this.writeHeld(() => this.write(this.held))) {
      this.dropped += this.held.length;
      this.logger.error(
        `${this.held.length} audit record(s) were lost: the journal in ${this.directory} never took them.`,
      );
      this.held = [];
      this.heldLength = 0;
    }
    clearInterval(this.retry);
    this.writer.close();
  }

  private reportDeletion(): void {
    this.logger.error(
      `The journal in ${this.directory} was removed while in use; records that were not stored yet are lost. ` +
        'It is made anew.',
    );
  }

  private reportSyncFailure(error: unknown): void {
    this.logger.error(
      `The disk failed (${messageOf(error)}) when the journal in ${this.directory} was brought to it. The audit ` +
        'records of the last second may not survive a power cut. It goes on in a new file; see to the disk.',
    );
  }

  private tryAppend(lines: readonly string[]): boolean {
    if (!this.limit.isReached) return this.write(lines);
    if (!this.retry) {
      this.logger.error(
        `${mebibytes(this.limit.limitBytes)} MiB wait in the journal in ${this.directory}, and no more may ` +
          '(AUDIT_JOURNAL_LIMIT). Records are held in memory; start a worker, or see why it does not store them.',
      );
    }
    return false;
  }

  private write(lines: readonly string[]): boolean {
    try {
      this.writer.append(lines);
      this.journaled += lines.length;
      return true;
    } catch (error) {
      if (!this.retry) {
        this.logger.error(
          `The journal in ${this.directory} cannot be written (${messageOf(error)}). Records are held in memory; ` +
            'free the disk or make the directory writable.',
        );
      }
      return false;
    }
  }

  private hold(lines: readonly string[]): void {
    for (const line of lines) {
      if (this.heldLength + line.length > MAX_HELD_LENGTH) {
        this.dropped++;
        if (this.dropped === 1 || this.dropped % 1000 === 0) {
          this.logger.error(
            `${this.dropped} audit record(s) were dropped: neither disk nor memory has room for them.`,
          );
        }
        continue;
      }
      this.held.push(line);
      this.heldLength += line.length;
    }
    this.retry ??= setInterval(() => this.flushHeld(), RETRY_MS).unref();
  }
}
