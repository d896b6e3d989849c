import { useState } from 'preact/hooks';

import { beginning } from '../values/beginning';
import { counted } from '../values/numbers';
import { Text } from './text';

const SHOWN_FIRST = 600;
const LINES_FIRST = 8;
/** More than this at once makes a browser stutter. */
const SHOWN_NEXT = 200_000;

interface Props {
  readonly value: string;
  /** JSON and the like, in which every space counts. */
  readonly code?: boolean;
}

/** A text of any length: the beginning, and the rest when asked for. */
export function LongText({ value, code = false }: Props) {
  const [shown, setShown] = useState(0);
  const text = shown === 0 ? teaser(value) : beginning(value, shown);
  const rest = value.length - text.length;
  const all = rest <= SHOWN_NEXT;
  return (
    <span class={code ? 'long code' : 'long'}>
      <Text value={text} />
      {rest > 0 && '…'}
      {rest > 0 && (
        <button type="button" class="link-button" onClick={() => setShown(text.length + SHOWN_NEXT)}>
          {all ? 'Show all' : 'Show more'} ({counted(value.length, 'character')})
        </button>
      )}
    </span>
  );
}

function teaser(value: string): string {
  let end = -1;
  for (let line = 0; line < LINES_FIRST; line += 1) {
    end = value.indexOf('\n', end + 1);
    if (end < 0 || end > SHOWN_FIRST) break;
  }
  const cut = end < 0 || end > SHOWN_FIRST ? SHOWN_FIRST : end;
  // A button that saves little costs more than it saves.
  return value.length <= cut * 1.2 ? value : beginning(value, cut);
}
