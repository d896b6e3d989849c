import { isStructure, plainText } from '../values/plain';
import { storedOf } from '../values/stored';
import type { Change } from './changes';

const LONG_TEXT = 120;

/**
 * Whether a change is one to be looked at beside each other: JSON that was JSON, or a long text that was a text. Where
 * a side has no value there is nothing to compare.
 */
export function isWorthDiff({ before, after }: Change): boolean {
  const [left, right] = [storedOf(before), storedOf(after)];
  if (left.kind === 'text' && right.kind === 'text') return isLong(left.text) || isLong(right.text);
  const shapes = [isStructure(before), isStructure(after)];
  return (
    shapes.every(Boolean) || (shapes.some(Boolean) && [left, right].some((side) => side.kind === 'text'))
  );
}

/** Both sides as text, each part of a structure on a line of its own. */
export function diffTexts({ before, after }: Change): [string, string] {
  return [plainText(before), plainText(after)];
}

function isLong(text: string): boolean {
  return text.length > LONG_TEXT || text.includes('\n');
}
