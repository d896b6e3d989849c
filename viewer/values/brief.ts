import { plainText } from './plain';
import { storedOf } from './stored';
import { byteSize, counted } from './numbers';

const AT_MOST = 48;

/** A value on one line of at most 48 characters: what lists show of it. */
export function brief(value: unknown, atMost: number = AT_MOST): string {
  const stored = storedOf(value);
  switch (stored.kind) {
    case 'missing':
      return '–';
    case 'masked':
      return 'redacted';
    case 'text':
      return stored.text === '' ? 'empty text' : shortened(stored.text, atMost);
    case 'bytes':
      return byteSize(stored.size);
    case 'cut':
      return shortened(stored.begins, atMost - 1) + '…';
    case 'list':
    case 'set':
      return short(value, atMost) ?? counted(stored.items.length, 'item');
    case 'object':
    case 'map':
      return short(value, atMost) ?? counted(stored.entries.length, 'key');
    default:
      return shortened(plainText(value), atMost);
  }
}

/** Whether a summary of so many differences, each in brief, leaves nothing out. */
export function isWholeIn(
  diff: readonly { readonly before?: unknown; readonly after?: unknown }[],
  places: number,
): boolean {
  return diff.length <= places + 1 && diff.every(({ before, after }) => isWhole(before) && isWhole(after));
}

function isWhole(value: unknown): boolean {
  const stored = storedOf(value);
  if (stored.kind === 'text') return stored.text.length <= AT_MOST && !stored.text.includes('\n');
  if ('items' in stored || 'entries' in stored) return short(value, AT_MOST) !== null;
  return stored.kind !== 'bytes' && stored.kind !== 'cut';
}

/** A small structure on one line; null if it does not fit. */
function short(value: unknown, atMost: number): string | null {
  const text = plainText(value);
  if (text.length > atMost * 4) return null;
  const line = text.replace(/\n\s*/g, ' ');
  return line.length <= atMost ? line : null;
}

function shortened(text: string, atMost: number): string {
  const line = text.slice(0, atMost * 4).replace(/\s*\n\s*/g, ' ⏎ ');
  if (line.length <= atMost && text.length <= atMost * 4) return line;
  return `${[...line].slice(0, Math.max(1, atMost - 1)).join('')}…`;
}
