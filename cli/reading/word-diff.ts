import { diffWordsWithSpace } from 'diff';
import type { Change } from 'diff';

import { printable } from '../output';
import type { Colors } from '../output';

/** Longer texts are not compared word by word: nobody would wait for it. */
const LONGEST = 200_000;
/** Texts with more different words have little in common. */
const MOST_EDITS = 2_000;
/** So many characters of what is the same stand beside a change. */
const AROUND = 60;
const MOST_LINES = 40;

/** Two texts as one, word by word, in lines; undefined for texts that are better shown one after the other. */
export function wordDiff(before: string, after: string, colors: Colors): string[] | undefined {
  if (before.length > LONGEST || after.length > LONGEST) return undefined;
  const changes = diffWordsWithSpace(before, after, { maxEditLength: MOST_EDITS });
  if (!changes?.some(({ added, removed }) => !added && !removed)) return undefined;
  const last = changes.length - 1;
  const lines = changes
    .map((change, index) => partText(change, index === 0, index === last, colors))
    .join('')
    .split('\n');
  if (lines.length <= MOST_LINES) return lines;
  return [...lines.slice(0, MOST_LINES), colors.dim('… --json shows all')];
}

function partText(
  { value, added, removed }: Change,
  isFirst: boolean,
  isLast: boolean,
  colors: Colors,
): string {
  if (!added && !removed) return linesOf(shortenedAround(value, isFirst, isLast), (line) => line);
  // A line break that came or went is seen as well.
  const visible = value.replace(/\n/g, '↵\n');
  const short = visible.length > 4 * AROUND * 10 ? `${visible.slice(0, 4 * AROUND * 10)}…` : visible;
  if (added) return linesOf(short, (line) => (colors.isColorSupported ? colors.green(line) : `{+${line}+}`));
  return linesOf(short, (line) =>
    colors.isColorSupported ? colors.red(colors.strikethrough(line)) : `[-${line}-]`,
  );
}

function shortenedAround(text: string, isFirst: boolean, isLast: boolean): string {
  const [begin, end] = [isFirst ? 0 : AROUND, isLast ? 0 : AROUND];
  if (text.length <= begin + end + 1) return text;
  return `${text.slice(0, begin)}…${end === 0 ? '' : text.slice(-end)}`;
}

/** A colour ends with its line: a pager shows any part of a text. */
function linesOf(text: string, style: (line: string) => string): string {
  return text
    .split('\n')
    .map((line) => (line === '' ? '' : style(printable(line.replace(/\t/g, '    ')))))
    .join('\n');
}
