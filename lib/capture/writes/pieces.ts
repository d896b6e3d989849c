import type { RawKey } from './row-reader';
import type { WriteCall } from './write-call';

/** Rows that one statement takes at most; larger sets go in pieces, so that their values need not all be in memory. */
export const PIECE = 10_000;
/** A condition on several key columns is a chain of OR, and SQLite takes 1,000 links. */
const PIECE_OF_COMPOSITE_KEYS = 400;

export function pieceSize(call: WriteCall): number {
  return call.audited.columns.keys.length === 1 ? PIECE : PIECE_OF_COMPOSITE_KEYS;
}

export function* piecesOf(call: WriteCall, keys: readonly RawKey[]): Generator<readonly RawKey[]> {
  const size = pieceSize(call);
  for (let start = 0; start < keys.length; start += size) yield keys.slice(start, start + size);
}
