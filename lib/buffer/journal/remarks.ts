import fs from 'node:fs';

import { Batch } from '../../record/batch';
import { WIRE_VERSION } from '../../record/wire';
import { parseFrame, versionOf } from './frame';
import { openFile } from './lane-files';
import { readCheckpoint, segmentPath, segmentsOf } from './lane';
import type { Damage } from './lane-reader';

const CHUNK_BYTES = 256 * 1024;

/** Records of a lane, with the remark that stands before them. */
export interface Remarked {
  readonly batch: Batch;
  /** What follows the `# ` of the latest remark; undefined if there is none. */
  readonly remark: string | undefined;
}

/**
 * All that stands in a lane behind its checkpoint, frame by frame, with the remarks that other readers pass
 * over. For lanes that nobody writes to any more, or for looking only: half a frame at the end is not waited for.
 */
export function* remarkedFrames(
  lane: string,
  onDamage: (damage: Damage) => void = () => undefined,
): Generator<Remarked> {
  const checkpoint = readCheckpoint(lane);
  for (const segment of segmentsOf(lane)) {
    if (segment < checkpoint.segment) continue;
    // From its start: the remark on what stands behind the checkpoint may stand before it.
    const from = segment === checkpoint.segment ? checkpoint.offset : 0;
    yield* framesOf(segmentPath(lane, segment), from, onDamage);
  }
}

function* framesOf(file: string, from: number, onDamage: (damage: Damage) => void): Generator<Remarked> {
  const fd = openFile(file);
  try {
    let version = WIRE_VERSION;
    let remark: string | undefined;
    let offset = 0;
    let chunk = readAt(fd, 0, CHUNK_BYTES);
    for (let at = 0; ;) {
      const parsed = parseFrame(chunk, at);
      const next = parsed.kind === 'incomplete' ? undefined : parsed.next;
      if (next === undefined) {
        const needed = Math.max(parsed.kind === 'incomplete' ? parsed.needed : 0, 2 * (chunk.length - at));
        const more = readAt(fd, offset + at, Math.max(CHUNK_BYTES, needed));
        if (more.length > chunk.length - at) {
          [chunk, offset, at] = [more, offset + at, 0];
          continue;
        }
        if (more.length > 0 && offset + at >= from) onDamage({ file, offset: offset + at, bytes: more });
        return;
      }
      if (parsed.kind === 'remark') {
        const line = chunk.toString('utf8', at, next - 1);
        version = versionOf(line) ?? version;
        if (line.startsWith('# ')) remark = line.slice(2);
      } else if (offset + at >= from && parsed.kind === 'frame') {
        yield { batch: new Batch(Buffer.from(parsed.body), parsed.count, version), remark };
      } else if (offset + at >= from && parsed.kind === 'damaged') {
        onDamage({ file, offset: offset + at, bytes: Buffer.from(chunk.subarray(at, next)) });
      }
      at = next;
    }
  } finally {
    fs.closeSync(fd);
  }
}

function readAt(fd: number, position: number, size: number): Buffer {
  const buffer = Buffer.allocUnsafe(size);
  return buffer.subarray(0, fs.readSync(fd, buffer, 0, size, position));
}
