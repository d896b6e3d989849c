import { setTimeout as delay } from 'node:timers/promises';

import { Batch } from '../../record/batch';
import type { Claim, Depth, Receipt, Source } from '../contract';
import { lanesOf, readCheckpoint } from './lane';
import { LaneCursor } from './lane-cursor';
import type { Part } from './lane-cursor';
import { ENOUGH_BYTES, LaneReader } from './lane-reader';
import type { Damage } from './lane-reader';

const SCAN_MS = 250;
const POLL_MS = 20;

export interface JournalSourceOptions {
  onDamage: (damage: Damage) => void;
  /** Which lanes to consume; default all. */
  wants?: (lane: string) => boolean;
}

type Held = readonly { cursor: LaneCursor; part: Part }[];

/** Consumes the lanes of a journal directory: the buffer of driver `embedded`, and the rescue files. */
export class JournalSource implements Source {
  private cursors: LaneCursor[] = [];
  private scannedAt = 0;
  private closed = false;

  constructor(
    private readonly journal: string,
    private readonly options: JournalSourceOptions,
  ) {}

  async claim(limit: number, waitMs: number): Promise<Claim | undefined> {
    const deadline = performance.now() + waitMs;
    for (;;) {
      const claim = this.closed ? undefined : this.take(limit);
      const left = deadline - performance.now();
      if (claim || this.closed || left <= 0) return claim;
      await delay(Math.min(POLL_MS, left));
    }
  }

  acknowledge(receipt: Receipt): Promise<void> {
    for (const { cursor, part } of receipt as Held) cursor.acknowledge(part);
    return Promise.resolve();
  }

  release(receipt: Receipt): Promise<void> {
    for (const { cursor, part } of receipt as Held) cursor.release(part);
    return Promise.resolve();
  }

  depth(): Promise<Depth> {
    const depth: Depth = { records: 0, bytes: 0, exact: true };
    for (const lane of lanesOf(this.journal)) {
      const reader = new LaneReader(lane, readCheckpoint(lane), () => undefined);
      for (let stretch = reader.read(1000); stretch; stretch = reader.read(1000)) {
        depth.records += stretch.batch.count;
        depth.bytes += stretch.batch.lines.length;
      }
      reader.close();
    }
    return Promise.resolve(depth);
  }

  close(): Promise<void> {
    this.closed = true;
    for (const cursor of this.cursors) cursor.close();
    this.cursors = [];
    return Promise.resolve();
  }

  /** Fills one claim from as many lanes as it takes: many small processes make few large batches. */
  private take(limit: number): Claim | undefined {
    this.scan();
    const held: { cursor: LaneCursor; part: Part }[] = [];
    const bodies: Buffer[] = [];
    let count = 0;
    let bytes = 0;
    let version: number | undefined;
    for (const cursor of this.cursors) {
      while (count < limit && bytes < ENOUGH_BYTES) {
        const next = cursor.next(limit - count);
        if (!next) break;
        if (version !== undefined && next.stretch.batch.version !== version) {
          cursor.release(next.part);
          break;
        }
        version = next.stretch.batch.version;
        held.push({ cursor, part: next.part });
        bodies.push(next.stretch.batch.lines);
        count += next.stretch.batch.count;
        bytes += next.stretch.batch.lines.length;
      }
    }
    if (count === 0) return undefined;
    // The lane that gave first goes last, so that a busy one does not starve the others.
    this.cursors.push(...this.cursors.splice(0, 1));
    return {
      batch: new Batch(bodies.length === 1 ? (bodies[0] as Buffer) : Buffer.concat(bodies), count, version),
      receipt: held,
    };
  }

  private scan(): void {
    const now = performance.now();
    if (this.scannedAt > 0 && now - this.scannedAt < SCAN_MS) return;
    this.scannedAt = now;
    this.cursors = this.cursors.filter((cursor) => {
      if (!cursor.isHeld()) {
        cursor.close();
        return false;
      }
      return !cursor.retire();
    });
    const known = new Set(this.cursors.map((cursor) => cursor.lane));
    for (const lane of lanesOf(this.journal)) {
      if (known.has(lane) || this.options.wants?.(lane) === false) continue;
      const cursor = LaneCursor.open(lane, this.options.onDamage);
      if (cursor) this.cursors.push(cursor);
    }
  }
}
