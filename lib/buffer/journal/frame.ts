import { crc32 } from 'node:zlib';

/**
 * A segment file is text that a person can read: a header line with the version of the wire form and
 * its columns, then frames. A frame is what one commit appended: a line of fixed width with the number
 * of records, the bytes of what follows and its CRC32 (begun with the number, so that it vouches for that
 * too), then the records, one a line. No record's line ends like a header, so that a reader finds the next
 * frame behind any damage.
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
/** Longer is no remark, but something that lost its end of line. */
const MAX_REMARK_BYTES = 64 * 1024;
/** One record is never split; it may make its frame larger than {@link MAX_FRAME_BYTES}, up to this: four full sets of values. */
export const MAX_RECORD_BYTES = 128 * 1024 * 1024;

const NEWLINE = 0x0a;
const SPACE = 0x20;
const HASH = 0x23;
const EQUALS = 0x3d;
/** Where the three numbers of a header stand, and their digits. */
const COUNT = { at: 1, digits: 6, base: 10 } as const;
const LENGTH = { at: 8, digits: 8, base: 16 } as const;
const CHECKSUM = { at: 17, digits: 8, base: 16 } as const;
const DIGITS = Buffer.from('0123456789abcdef');
const FILE_HEADER = /^#sequelize-async-audit (\d{1,9}) /;

export function fileHeader(version: number, columns: readonly string[]): string {
  return `#sequelize-async-audit ${version} ${columns.join(' ')}\n`;
}

/** A line that no reader takes for anything else, whatever the text is. */
export function remarkLine(text: string): Buffer {
  return Buffer.from(`# ${text.slice(0, MAX_REMARK_BYTES / 4).replace(/[\r\n]+/g, ' ')}\n`);
}

/**
 * The wire version that a segment's first line names, or undefined if it is not such a line. What columns it
 * names is for people: each record must be one by itself.
 */
export function versionOf(headerLine: string): number | undefined {
  const match = FILE_HEADER.exec(headerLine);
  return match ? Number(match[1]) : undefined;
}

/** Writes the header of a frame whose body already stands behind it in the same buffer. */
export function writeFrameHeader(buffer: Buffer, count: number, bodyBytes: number): void {
  const body = buffer.subarray(FRAME_HEADER_BYTES, FRAME_HEADER_BYTES + bodyBytes);
  buffer[0] = EQUALS;
  writeNumber(buffer, COUNT, count);
  buffer[LENGTH.at - 1] = SPACE;
  writeNumber(buffer, LENGTH, bodyBytes);
  buffer[CHECKSUM.at - 1] = SPACE;
  writeNumber(buffer, CHECKSUM, crc32(body, count));
  buffer[FRAME_HEADER_BYTES - 1] = NEWLINE;
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
  if (bytes[offset] === HASH) {
    const end = bytes.indexOf(NEWLINE, offset);
    if (end < 0) {
      if (available > MAX_REMARK_BYTES) return { kind: 'damaged', next: nextFrame(bytes, offset) };
      return { kind: 'incomplete', needed: available + 1 };
    }
    // Its own end of line may be damaged: then a frame's header ends this one.
    const header = end + 1 - FRAME_HEADER_BYTES;
    if (header > offset && isFrameHeader(bytes, header)) return { kind: 'damaged', next: header };
    return { kind: 'remark', next: end + 1 };
  }
  if (bytes[offset] !== EQUALS) return { kind: 'damaged', next: nextFrame(bytes, offset) };
  if (available < FRAME_HEADER_BYTES) return { kind: 'incomplete', needed: FRAME_HEADER_BYTES };
  if (!isFrameHeader(bytes, offset)) return { kind: 'damaged', next: nextFrame(bytes, offset) };
  const count = readNumber(bytes, offset, COUNT);
  const length = readNumber(bytes, offset, LENGTH);
  // What holds no record was not written as a frame; a remark may imitate one.
  if (length === 0 || length > MAX_RECORD_BYTES + MAX_FRAME_BYTES)
    return { kind: 'damaged', next: nextFrame(bytes, offset) };
  const start = offset + FRAME_HEADER_BYTES;
  if (available < FRAME_HEADER_BYTES + length) {
    // A frame that is followed by another is not being written any more: its length is what is damaged.
    const next = nextFrame(bytes, offset);
    if (next !== undefined) return { kind: 'damaged', next };
    return { kind: 'incomplete', needed: FRAME_HEADER_BYTES + length };
  }
  const body = bytes.subarray(start, start + length);
  // The checksum vouches for what was written, not for who wrote it.
  if (crc32(body, count) !== readNumber(bytes, offset, CHECKSUM) || !holds(body, count))
    return { kind: 'damaged', next: nextFrame(bytes, offset) };
  return { kind: 'frame', count, body, next: start + length };
}

/** The next place after `offset` where a frame's header stands, whatever the damage left before it. */
export function nextFrame(bytes: Buffer, offset: number): number | undefined {
  let end = bytes.indexOf(NEWLINE, offset + FRAME_HEADER_BYTES);
  while (end >= 0) {
    const start = end + 1 - FRAME_HEADER_BYTES;
    if (isFrameHeader(bytes, start)) return start;
    end = bytes.indexOf(NEWLINE, end + 1);
  }
  return undefined;
}

/**
 * How far one may go in bytes without a frame, of which more may follow, without missing the beginning of one
 * or stopping where something else seems to begin.
 */
export function damageEnd(bytes: Buffer): number {
  const most = bytes.length - FRAME_HEADER_BYTES;
  for (let end = most; end > 0; end--) if (bytes[end] !== HASH && bytes[end] !== EQUALS) return end;
  return most;
}

/** Whether these are so many whole lines, and nothing else. */
export function holds(body: Buffer, count: number): boolean {
  let lines = 0;
  let end = -1;
  for (let at = body.indexOf(NEWLINE); at >= 0; at = body.indexOf(NEWLINE, at + 1)) {
    lines++;
    end = at;
  }
  return lines === count && end === body.length - 1;
}

/** Byte by byte: most frames hold one record, and a RegExp with its strings costs as much as all else that is done with it. */
function isFrameHeader(bytes: Buffer, start: number): boolean {
  return (
    bytes[start] === EQUALS &&
    bytes[start + LENGTH.at - 1] === SPACE &&
    bytes[start + CHECKSUM.at - 1] === SPACE &&
    bytes[start + FRAME_HEADER_BYTES - 1] === NEWLINE &&
    readNumber(bytes, start, COUNT) >= 0 &&
    readNumber(bytes, start, LENGTH) >= 0 &&
    readNumber(bytes, start, CHECKSUM) >= 0
  );
}

interface Field {
  readonly at: number;
  readonly digits: number;
  readonly base: number;
}

/** -1 if it is no number. */
function readNumber(bytes: Buffer, start: number, { at, digits, base }: Field): number {
  let value = 0;
  for (let place = start + at; place < start + at + digits; place++) {
    const digit = digitOf(bytes[place] as number);
    if (digit < 0 || digit >= base) return -1;
    value = value * base + digit;
  }
  return value;
}

function digitOf(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  return byte >= 0x61 && byte <= 0x66 ? byte - 0x61 + 10 : -1;
}

function writeNumber(buffer: Buffer, { at, digits, base }: Field, value: number): void {
  let rest = value;
  for (let place = at + digits - 1; place >= at; place--) {
    buffer[place] = DIGITS[rest % base] as number;
    rest = Math.floor(rest / base);
  }
}
