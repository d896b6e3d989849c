import { crc32 } from 'node:zlib';

/**
 * A segment file is text that a person can read: a header line with the version of the wire form and
 * its columns, then frames. A frame is what one commit appended: a line of fixed width with the number
 * of records, the bytes and the CRC32 of what follows, then the records, one a line.
 *
 *   #sequelize-async-audit 1 id event auditable_type …
 *   =000002 000002b7 9ae0daaf
 *   0199…⇥updated⇥Product⇥1⇥…
 *   0199…⇥created⇥Product⇥2⇥…
 *
 * Further lines that begin with # are remarks for the reader.
 */
export const FRAME_HEADER_BYTES = 26;
/** A frame holds no more than this, so that a reader's memory is bounded; a larger commit makes several frames. */
export const MAX_FRAME_BYTES = 1024 * 1024;
export const MAX_FRAME_RECORDS = 1000;
/** One record is never split; it may make its frame larger than {@link MAX_FRAME_BYTES}, up to this. */
export const MAX_RECORD_BYTES = 64 * 1024 * 1024;

const FRAME_HEADER = /^=(\d{6}) ([0-9a-f]{8}) ([0-9a-f]{8})\n$/;
const FILE_HEADER = /^#sequelize-async-audit (\d+) /;

export function fileHeader(version: number, columns: readonly string[]): string {
  return `#sequelize-async-audit ${version} ${columns.join(' ')}\n`;
}

/** The wire version that a segment's first line names, or undefined if it is not such a line. */
export function versionOf(headerLine: string): number | undefined {
  const match = FILE_HEADER.exec(headerLine);
  return match ? Number(match[1]) : undefined;
}

/** Writes the header of a frame whose body already stands behind it in the same buffer. */
export function writeFrameHeader(buffer: Buffer, count: number, bodyBytes: number): void {
  const body = buffer.subarray(FRAME_HEADER_BYTES, FRAME_HEADER_BYTES + bodyBytes);
  const header = `=${String(count).padStart(6, '0')} ${hex(bodyBytes)} ${hex(crc32(body))}\n`;
  buffer.write(header, 0, FRAME_HEADER_BYTES, 'latin1');
}

export type Parsed =
  | { kind: 'frame'; count: number; body: Buffer; next: number }
  | { kind: 'remark'; next: number }
  /** The bytes end before the frame does: `needed` is how many it takes from its start, as far as known. */
  | { kind: 'incomplete'; needed: number }
  /** These bytes are not a frame; the next that looks like one begins at `next`, if there is any. */
  | { kind: 'damaged'; next: number | undefined };

/** Reads what stands at `offset`. */
export function parseFrame(bytes: Buffer, offset: number): Parsed {
  const available = bytes.length - offset;
  if (available === 0) return { kind: 'incomplete', needed: FRAME_HEADER_BYTES };
  if (bytes[offset] === 0x23 /* # */) {
    const end = bytes.indexOf(0x0a, offset);
    if (end >= 0) return { kind: 'remark', next: end + 1 };
    return { kind: 'incomplete', needed: available + 1 };
  }
  if (bytes[offset] !== 0x3d /* = */) return { kind: 'damaged', next: nextFrame(bytes, offset) };
  if (available < FRAME_HEADER_BYTES) return { kind: 'incomplete', needed: FRAME_HEADER_BYTES };
  const match = FRAME_HEADER.exec(bytes.toString('latin1', offset, offset + FRAME_HEADER_BYTES));
  if (!match) return { kind: 'damaged', next: nextFrame(bytes, offset) };
  const count = Number(match[1]);
  const length = Number.parseInt(match[2] as string, 16);
  if (length > MAX_RECORD_BYTES + MAX_FRAME_BYTES) return { kind: 'damaged', next: nextFrame(bytes, offset) };
  const start = offset + FRAME_HEADER_BYTES;
  if (available < FRAME_HEADER_BYTES + length) {
    return { kind: 'incomplete', needed: FRAME_HEADER_BYTES + length };
  }
  const body = bytes.subarray(start, start + length);
  if (hex(crc32(body)) !== match[3]) return { kind: 'damaged', next: nextFrame(bytes, offset) };
  return { kind: 'frame', count, body, next: start + length };
}

/** The next place after `offset` where a frame's header stands at the beginning of a line. */
export function nextFrame(bytes: Buffer, offset: number): number | undefined {
  let at = bytes.indexOf('\n=', offset, 'latin1');
  while (at >= 0) {
    const candidate = bytes.toString('latin1', at + 1, at + 1 + FRAME_HEADER_BYTES);
    if (FRAME_HEADER.test(candidate)) return at + 1;
    at = bytes.indexOf('\n=', at + 1, 'latin1');
  }
  return undefined;
}

function hex(value: number): string {
  return value.toString(16).padStart(8, '0');
}
