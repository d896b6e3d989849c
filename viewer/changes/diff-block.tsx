import { useState } from 'preact/hooks';

import type { Block } from '../diff/folds';
import type { Line, Part, Row } from '../diff/side-by-side';
import { Text } from '../parts/text';
import { counted } from '../values/numbers';
import { LongPart } from './long-part';

/** More at once make a browser stutter. */
const ROWS_AT_ONCE = 500;

/** Rows that differ and those near them; or rows that are the same, on demand. */
export function DiffBlock({ block }: { block: Block }) {
  const [shown, setShown] = useState(block.folded ? 0 : ROWS_AT_ONCE);
  const rest = block.rows.length - shown;
  return (
    <tbody>
      {block.rows.slice(0, shown).map((row, index) => (
        <DiffRow key={index} row={row} />
      ))}
      {rest > 0 && (
        <tr class="fold">
          <td colSpan={4}>
            <button type="button" class="link-button" onClick={() => setShown(shown + ROWS_AT_ONCE)}>
              {block.folded && shown === 0 ? `${counted(rest, 'line')} the same` : counted(rest, 'more line')}
            </button>
          </td>
        </tr>
      )}
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
  const mark = side === 'before' ? 'removed' : 'added';
  const kind = line === null ? 'gap' : same ? '' : mark;
  return (
    <>
      <td class={`number ${side} ${kind}`}>{line?.number}</td>
      <td class={`line ${side} ${kind}`}>
        {kind === mark && <span class="hidden">{mark}: </span>}
        {line?.parts.map((part, index) => (
          <LinePart key={index} part={part} mark={mark} />
        ))}
      </td>
    </>
  );
}

function LinePart({ part: { text, changed }, mark }: { part: Part; mark: 'removed' | 'added' }) {
  if (!changed) return <LongPart text={text} />;
  const Mark = mark === 'removed' ? 'del' : 'ins';
  return (
    <Mark>
      <Text value={text} />
    </Mark>
  );
}
