import { useMemo, useState } from 'preact/hooks';

import { foldSame } from '../diff/folds';
import { sideBySide } from '../diff/side-by-side';
import { counted } from '../values/numbers';
import { DiffBlock } from './diff-block';

interface Props {
  /** What is compared. */
  readonly label: string;
  readonly before: string;
  readonly after: string;
  readonly names?: readonly [string, string];
}

/** More at once make a browser stutter. */
const BLOCKS_AT_ONCE = 100;

/** Two texts beside each other, on a phone below each other, with what differs marked. */
export function SideBySide({ label, before, after, names = ['Before', 'After'] }: Props) {
  const blocks = useMemo(() => foldSame(sideBySide(before, after)), [before, after]);
  const [shown, setShown] = useState(BLOCKS_AT_ONCE);
  const rest = blocks.slice(shown).reduce((sum, block) => sum + block.rows.length, 0);
  return (
    <div class="diff-frame">
      <table class="diff">
        <caption class="hidden">{label}, line by line</caption>
        <colgroup>
          <col class="numbers" />
          <col />
          <col class="numbers" />
          <col />
        </colgroup>
        <thead>
          <tr>
            <th scope="colgroup" colSpan={2}>
              {names[0]}
            </th>
            <th scope="colgroup" colSpan={2}>
              {names[1]}
            </th>
          </tr>
        </thead>
        {blocks.slice(0, shown).map((block, index) => (
          <DiffBlock key={index} block={block} />
        ))}
      </table>
      {rest > 0 && (
        <button type="button" class="link-button" onClick={() => setShown(shown + BLOCKS_AT_ONCE)}>
          {counted(rest, 'more line')}
        </button>
      )}
    </div>
  );
}
