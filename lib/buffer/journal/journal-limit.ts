import fs from 'node:fs';

import type { Logger } from '../../logger';
import { lanesOf, readCheckpoint, segmentPath, segmentsOf } from './lane';

const LOOK_MS = 3_000;
/** Two looks of one process are at least so far apart, however often it is asked for one. */
const PAUSE_MS = 500;
/** Parts of the limit at which a warning is given. */
const MARKS = [0.5, 0.75, 0.9] as const;
/** So far below a mark the journal must fall before that is warned of again. */
const CALM = 0.1;
const MEBIBYTE = 1024 * 1024;

/** Bytes in the lanes of a journal that are not known to be stored. */
export async function bytesWaiting(journal: string): Promise<number> {
  let bytes = 0;
  for (const lane of lanesOf(journal)) {
    const checkpoint = readCheckpoint(lane);
    for (const segment of segmentsOf(lane)) {
      if (segment < checkpoint.segment) continue;
      // A reader may remove it at any moment.
      const size = await fs.promises.stat(segmentPath(lane, segment)).then(
        (stats) => stats.size,
        () => 0,
      );
      bytes += segment === checkpoint.segment ? Math.max(0, size - checkpoint.offset) : size;
    }
  }
  return bytes;
}

/**
 * How much may wait in a journal, in all its lanes. The directory is looked at now and then, beside the
 * writes; in between, what this process appends is added, so that asking costs nothing.
 */
export class JournalLimit {
  private readonly timer: NodeJS.Timeout | undefined;
  private measured = 0;
  private writtenThen = 0;
  private lookedAt = -Infinity;
  private isLooking = false;
  /** The highest mark that was warned of and is not left yet. */
  private warned = 0;

  constructor(
    private readonly journal: string,
    /** 0 for none. */
    readonly limitBytes: number,
    /** Bytes that this process has appended. */
    private readonly written: () => number,
    private readonly logger: Logger,
  ) {
    if (limitBytes === 0) return;
    void this.look();
    this.timer = setInterval(() => void this.look(), LOOK_MS).unref();
  }

  get isReached(): boolean {
    return this.limitBytes > 0 && this.bytes >= this.limitBytes;
  }

  /** Looks at the directory, unless it was just done. */
  async look(): Promise<void> {
    if (this.isLooking || performance.now() - this.lookedAt < PAUSE_MS) return;
    this.isLooking = true;
    // Before the look: what is appended during it counts twice until the next, rather than not at all.
    const written = this.written();
    try {
      this.measured = await bytesWaiting(this.journal);
      this.writtenThen = written;
      this.warn();
    } catch {
      // The directory cannot be read; what keeps it from being written is told there.
    }
    this.lookedAt = performance.now();
    this.isLooking = false;
  }

  close(): void {
    clearInterval(this.timer);
  }

  private get bytes(): number {
    return this.measured + this.written() - this.writtenThen;
  }

  private warn(): void {
    const share = this.bytes / this.limitBytes;
    const mark = MARKS.findLast((each) => share >= each) ?? 0;
    if (mark > this.warned) {
      this.logger.warn(
        `${mebibytes(this.bytes)} MiB wait in the journal in ${this.journal}, ${Math.floor(share * 100)} % of the ` +
          `${mebibytes(this.limitBytes)} MiB that may (AUDIT_JOURNAL_LIMIT). No worker seems to keep up: start one ` +
          'with startAuditWorker() or "npx audit work", and see its log.',
      );
    }
    if (mark > this.warned || share < this.warned - CALM) this.warned = mark;
  }
}

/** For messages. */
export function mebibytes(bytes: number): string {
  return (bytes / MEBIBYTE).toLocaleString('en', { maximumFractionDigits: 1 });
}
