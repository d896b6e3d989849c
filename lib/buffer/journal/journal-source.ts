import fs from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

import { messageOf } from '../../errors';
import { Batch } from '../../record/batch';
import { earliest } from '../../record/id-time';
import type { Claim, Depth, Receipt, Source } from '../contract';
import { lanesOf, readCheckpoint, sweepHalfMade } from './lane';
import { LaneCursor } from './lane-cursor';
import type { Part } from './lane-cursor';
import { ENOUGH_BYTES, LaneReader } from './lane-reader';
import type { Damage } from './lane-reader';

const SCAN_MS = 250;
const POLL_MS = 20;
const SWEEP_MS = 3_600_000;

export interface JournalSourceOptions {
  onDamage: (damage: Damage) => void;
  /** Told once of a lane that cannot be used; the others are. Default a warning of the process. */
  onTrouble?: (lane: string, error: unknown) => void;
  /** Which lanes to consume; default all. */
  wants?: (lane: string) => boolean;
}

type Held = readonly { cursor: LaneCursor; part: Part }[];

/** Consumes the lanes of a journal directory: the buffer of driver `embedded`, and the rescue files. */
export class JournalSource implements Source {
  private cursors: LaneCursor[] = [];
  private scannedAt = -Infinity;
  private sweptAt = -Infinity;
  /** Lanes whose trouble was told. */
  private readonly troubled = new Set<string>();
  /** Lanes that are left alone until the next scan. */
  private readonly resting = new Set<string>();
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

  acknowledge(...receipts: Receipt[]): Promise<void> {
    const parts = (receipts as Held[]).flat();
    for (const { cursor, part } of parts) cursor.acknowledge(part);
    for (const cursor of new Set(parts.map(({ cursor }) => cursor)))
      this.attempt(cursor.lane, () => cursor.advance());
    return Promise.resolve();
  }

  release(...receipts: Receipt[]): Promise<void> {
    for (const { cursor, part } of (receipts as Held[]).flat()) cursor.release(part);
    return Promise.resolve();
  }

  /** Answers, at any later time, whether all that stands in the lanes, or in one of them, now has been handed out. */
  mark(lane?: string): () => boolean {
    if (!this.closed) this.scan();
    const cursors = this.cursors.filter((cursor) => lane === undefined || cursor.lane === lane);
    // One that nobody may read yet is not handed out; one without records does not exist.
    if (lane !== undefined && cursors.length === 0) return () => !fs.existsSync(lane);
    const passed = cursors.map((cursor) => this.attempt(cursor.lane, () => cursor.mark()) ?? never);
    return () => passed.every((each) => each());
  }

  depth(): Promise<Depth> {
    const depth: Depth = { records: 0, bytes: 0, exact: true, oldest: null };
    for (const lane of lanesOf(this.journal)) {
      const reader = new LaneReader(lane, readCheckpoint(lane), () => undefined);
      const whole = this.attempt(lane, () => {
        for (let stretch = reader.read(1000); stretch; stretch = reader.read(1000)) {
          depth.oldest = earliest([depth.oldest, stretch.batch.firstTime]);
          depth.records += stretch.batch.count;
          depth.bytes += stretch.batch.lines.length;
        }
        return true;
      });
      depth.exact &&= whole === true;
      reader.close();
    }
    return Promise.resolve(depth);
  }

  close(): Promise<void> {
    this.closed = true;
    for (const cursor of this.cursors) this.attempt(cursor.lane, () => cursor.close());
    this.cursors = [];
    return Promise.resolve();
  }

  /** Fills one claim from as many lanes as it takes: many small processes make few large batches. */
  private take(limit: number): Claim | undefined {
    if (performance.now() - this.scannedAt >= SCAN_MS) this.scan();
    const held: { cursor: LaneCursor; part: Part }[] = [];
    const bodies: Buffer[] = [];
    let count = 0;
    let bytes = 0;
    let version: number | undefined;
    for (const cursor of this.cursors) {
      while (count < limit && bytes < ENOUGH_BYTES) {
        if (this.resting.has(cursor.lane)) break;
        const next = this.attempt(cursor.lane, () => cursor.next(limit - count));
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
    this.scannedAt = performance.now();
    this.resting.clear();
    if (this.scannedAt - this.sweptAt >= SWEEP_MS) {
      this.sweptAt = this.scannedAt;
      this.attempt(this.journal, () => sweepHalfMade(this.journal));
    }
    this.cursors = this.cursors.filter((cursor) => {
      if (!cursor.isHeld()) {
        this.attempt(cursor.lane, () => cursor.close());
        return false;
      }
      return !this.attempt(cursor.lane, () => cursor.retire());
    });
    const known = new Set(this.cursors.map((cursor) => cursor.lane));
    for (const lane of lanesOf(this.journal)) {
      if (known.has(lane) || this.options.wants?.(lane) === false) continue;
      const cursor = this.attempt(lane, () => LaneCursor.open(lane, this.options.onDamage));
      if (cursor) this.cursors.push(cursor);
    }
  }

  /** What fails for one lane (another user's, a bad disk) must not stop the others: it is told once, and rests. */
  private attempt<T>(lane: string, action: () => T): T | undefined {
    try {
      return action();
    } catch (error) {
      this.resting.add(lane);
      if (this.troubled.has(lane)) return undefined;
      this.troubled.add(lane);
      (this.options.onTrouble ?? warn)(lane, error);
      return undefined;
    }
  }
}

const never = (): boolean => false;

function warn(lane: string, error: unknown): void {
  process.emitWarning(troubleOf(lane, error));
}

/** For the log. */
export function troubleOf(lane: string, error: unknown): string {
  return `The journal's lane ${lane} cannot be used for now (${messageOf(error)}); its records wait there.`;
}
