import fs from 'node:fs';

import { parseFrame } from '../../../lib/buffer/journal/frame';
import { segmentPath, segmentsOf, START } from '../../../lib/buffer/journal/lane';
import { LaneReader } from '../../../lib/buffer/journal/lane-reader';
import type { Damage } from '../../../lib/buffer/journal/lane-reader';
import { linesOf } from './records';

export interface Readout {
  readonly lines: string[];
  readonly damage: Damage[];
}

/** All that a lane holds. `final`: its writer is gone. */
export function readLane(lane: string, { final = true, limit = 1000, from = START } = {}): Readout {
  const damage: Damage[] = [];
  const reader = new LaneReader(lane, from, (found) => damage.push(found));
  if (final) reader.markFinal();
  const lines = readOn(reader, limit);
  reader.close();
  return { lines, damage };
}

/** All that a reader finds from where it stands. */
export function readOn(reader: LaneReader, limit = 1000): string[] {
  const lines: string[] = [];
  for (let stretch = reader.read(limit); stretch; stretch = reader.read(limit)) {
    const read = linesOf(stretch.batch.lines);
    if (read.length !== stretch.batch.count) {
      throw new Error(`A stretch of ${read.length} records says that it has ${stretch.batch.count}.`);
    }
    lines.push(...read);
  }
  return lines;
}

export interface Frame {
  readonly start: number;
  readonly end: number;
  readonly lines: string[];
}

/** Where frames stand in an undamaged segment, and what they hold. */
export function framesOf(lane: string, segment: number): Frame[] {
  const bytes = fs.readFileSync(segmentPath(lane, segment));
  const frames: Frame[] = [];
  for (let at = 0; at < bytes.length;) {
    const parsed = parseFrame(bytes, at);
    if (parsed.kind !== 'frame' && parsed.kind !== 'remark') throw new Error(`No frame stands at ${at}.`);
    if (parsed.kind === 'frame') frames.push({ start: at, end: parsed.next, lines: linesOf(parsed.body) });
    at = parsed.next;
  }
  return frames;
}

/** Changes the bytes of a segment in place. */
export function edit(lane: string, segment: number, change: (bytes: Buffer) => Buffer | void): void {
  const file = segmentPath(lane, segment);
  const bytes = fs.readFileSync(file);
  fs.writeFileSync(file, change(bytes) ?? bytes);
}

/** The last segment of a lane. */
export function lastSegment(lane: string): number {
  return segmentsOf(lane).at(-1) as number;
}
