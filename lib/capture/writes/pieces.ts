import type { RawKey } from './raw-key';

/** Rows of which everything is in memory at once; a statement that meets more has them read in parts. */
export const AT_ONCE = 5_000;
/** Rows in such a part. Few enough for their values to be gone before the next ones come. */
export const PIECE = 1_000;

export function* piecesOf(keys: readonly RawKey[]): Generator<readonly RawKey[]> {
  for (let start = 0; start < keys.length; start += PIECE) yield keys.slice(start, start + PIECE);
}
