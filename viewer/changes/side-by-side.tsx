import { useMemo, useState } from 'preact/hooks';

import { foldSame } from '../diff/folds';
import type { Block } from '../diff/folds';
import { sideBySide } from '../diff/side-by-side';
import type { Line, Row } from '../diff/side-by-side';
import { Text } from '../parts/text';
import { counted } from '../values/numbers';

interface Props {
  readonly label: string;
  readonly before: string;
  readonly after: string;
  readonly names?: readonly [string, string];
}

/** More rows at once make a browser stutter. */
const ROWS_AT_ONCE = 1_000;

/** Two texts beside each other, on a phone below each other, with what differs marked. */
export function SideBySide({ label, before, after, names = ['Before', 'After'] }: Props) {
  const rows = useMemo(() => sideBySide(before, after), [before, after]);
  const [limit, setLimit] = useState(ROWS_AT_ONCE);
  const blocks = useMemo(() => foldSame(rows.slice(0, limit)), [rows, limit]);
  return (
    <div class="diff-frame">
      <table class="diff">
        <caption class="hidden">{label}, line by line</caption>
        <thead>
          <tr>
            <th scope="col" colSpan={2}>
              {names[0]}
            </th>
            <th scope="col" colSpan={2}>
              {names[1]}
            </th>
          </tr>
        </thead>
        {blocks.map((block, index) => (
          <DiffBlock key={index} block={block} />
        ))}
      </table>
      {rows.length > limit && (
        <button type="button" class="link-button" onClick={() => setLimit(limit + ROWS_AT_ONCE)}>
          Show more of {counted(rows.length, 'line')}
        </button>
      )}
    </div>
  );
}

function DiffBlock({ block }: { block: Block }) {
  const [open, setOpen] = useState(false);
  if (block.folded && !open) {
    return (
      <tbody>
        <tr class="fold">
          <td colSpan={4}>
            <button type="button" class="link-button" onClick={() => setOpen(true)}>
              {counted(block.rows.length, 'line')} the same
            </button>
          </td>
        </tr>
      </tbody>
    );
  }
  return (
    <tbody>
      {block.rows.map((row, index) => (
        <DiffRow key={index} row={row} />
      ))}
    </tbody>
  );
}

function DiffRow({ row }: { row: Row }) {
  return (
    <tr class={row.same ? 'same' : 'differs'}>
      <Cells line={row.before} side="before" same={row.same} />
      <Cells line={row.after} side="after" same={row.same} />
    </tr>
  );
}

function Cells({ line, side, same }: { line: Line | null; side: 'before' | 'after'; same: boolean }) {
  const kind = line === null ? 'gap' : same ? '' : side === 'before' ? 'removed' : 'added';
  return (
    <>
      <td class={`number ${side} ${kind}`}>{line?.number}</td>
      <td class={`line ${side} ${kind}`}>
        {kind === 'removed' && <span class="hidden">removed: </span>}
        {kind === 'added' && <span class="hidden">added: </span>}
        {line?.parts.map(({ text, changed }, index) =>
          !changed || same ? (
            <Text key={index} value={text} />
          ) : side === 'before' ? (
            <del key={index}>
              <Text value={text} />
            </del>
          ) : (
            <ins key={index}>
              <Text value={text} />
            </ins>
          ),
        )}
      </td>
    </>
  );
}
