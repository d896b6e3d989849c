import { randomFillSync } from 'node:crypto';

/** Of one millisecond: it begins somewhere in the lower half. */
const COUNTERS = 0x10000;

const PAIRS = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

const pool = Buffer.alloc(4096);
let digits = '';
let used = 0;

let time = 0;
/** All of an id that stands before its counter; it begins anew with each millisecond. */
let start = '';
let counter = 0;

/**
 * A record's id, a UUIDv7: ascending within a process, also when its clock is set back; then ids go on from where
 * they were. Behind the time there are 26 random bits for each millisecond, a counter of 16, and 32 random bits for
 * each id. Text from the beginning: by way of bytes (the package uuidv7) an id takes ten times as long.
 */
export function newId(): string {
  const now = Date.now();
  if (now > time) begin(now);
  else if (++counter === COUNTERS) begin(time + 1);
  return `${start}${PAIRS[counter >> 8]}${PAIRS[counter & 0xff]}${randomDigits(8)}`;
}

function begin(milliseconds: number): void {
  time = milliseconds;
  const hex = time.toString(16).padStart(12, '0');
  const variant = (8 + (Number.parseInt(randomDigits(1), 16) & 3)).toString(16);
  start = `${hex.slice(0, 8)}-${hex.slice(8)}-7${randomDigits(3)}-${variant}${randomDigits(3)}-`;
  counter = Number.parseInt(randomDigits(4), 16) >> 1;
}

/** Hexadecimal digits, of which the system is asked for thousands at a time. */
function randomDigits(count: number): string {
  if (used + count > digits.length) {
    digits = randomFillSync(pool).toString('hex');
    used = 0;
  }
  return digits.slice(used, (used += count));
}
