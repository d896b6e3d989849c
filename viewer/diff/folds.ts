import type { Row } from './side-by-side';

/** Rows to be shown, or so many that are the same on both sides and left out. */
export type Block = { readonly rows: readonly Row[]; readonly folded: boolean };

const CONTEXT = 3;
/** Folding fewer would hide more than it saves. */
const LEAST = 4;

/** Folds long stretches of rows that are the same, but for three beside each difference. */
export function foldSame(rows: readonly Row[]): Block[] {
  const shown = new Set<number>();
  rows.forEach((row, index) => {
    if (row.same) return;
    for (let near = index - CONTEXT; near <= index + CONTEXT; near += 1) shown.add(near);
  });
  const blocks: { rows: Row[]; folded: boolean }[] = [];
  rows.forEach((row, index) => {
    const folded = !shown.has(index);
    const last = blocks.at(-1);
    if (last?.folded === folded) last.rows.push(row);
    else blocks.push({ rows: [row], folded });
  });
  return blocks.map((block) => (block.rows.length < LEAST ? { ...block, folded: false } : block));
}
