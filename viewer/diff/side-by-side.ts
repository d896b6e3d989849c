import { diffArrays, diffWordsWithSpace } from 'diff';

/** A stretch of a line; `changed` if the line beside it has something else there. */
export interface Part {
  readonly text: string;
  readonly changed: boolean;
}

/** A line on one side, with its number from 1. */
export interface Line {
  readonly number: number;
  readonly parts: readonly Part[];
}

/** What stands beside each other; null where a side has no line. */
export interface Row {
  readonly same: boolean;
  readonly before: Line | null;
  readonly after: Line | null;
}

/** Beyond so many edits two texts have so little in common that looking for it takes longer than it helps. */
const MAX_EDITS = 1_000;
const MAX_LINE_FOR_WORDS = 20_000;
const MAX_WORD_EDITS = 1_000;

/** Lays two texts out line by line; lines that replace each other are compared by words. */
export function sideBySide(before: string, after: string): Row[] {
  const [left, right] = [linesOf(before), linesOf(after)];
  const changes = diffArrays(left, right, { maxEditLength: MAX_EDITS }) ?? [
    { value: left, removed: true, added: false, count: left.length },
    { value: right, removed: false, added: true, count: right.length },
  ];
  const rows: Row[] = [];
  const at = { before: 1, after: 1 };
  let removed: string[] = [];
  const flush = (added: string[]): void => {
    rows.push(...replaced(removed, added, at));
    at.before += removed.length;
    at.after += added.length;
    removed = [];
  };
  for (const change of changes) {
    if (change.removed) {
      removed = change.value;
    } else if (change.added) {
      flush(change.value);
    } else {
      flush([]);
      for (const text of change.value) {
        const parts = [{ text, changed: false }];
        rows.push({
          same: true,
          before: { number: at.before++, parts },
          after: { number: at.after++, parts },
        });
      }
    }
  }
  flush([]);
  return rows;
}

function linesOf(text: string): string[] {
  return text === '' ? [] : text.split(/\r?\n/);
}

function replaced(
  removed: readonly string[],
  added: readonly string[],
  at: { before: number; after: number },
): Row[] {
  return Array.from({ length: Math.max(removed.length, added.length) }, (_, index) => {
    const [left, right] = [removed[index], added[index]];
    const parts = left === undefined || right === undefined ? null : wordParts(left, right);
    return {
      same: false,
      before: left === undefined ? null : { number: at.before + index, parts: parts?.before ?? whole(left) },
      after: right === undefined ? null : { number: at.after + index, parts: parts?.after ?? whole(right) },
    };
  });
}

function whole(text: string): Part[] {
  return [{ text, changed: false }];
}

function wordParts(left: string, right: string): { before: Part[]; after: Part[] } | null {
  if (left.length + right.length > MAX_LINE_FOR_WORDS) return null;
  const words = diffWordsWithSpace(left, right, { maxEditLength: MAX_WORD_EDITS });
  if (!words?.some(({ added, removed, value }) => !added && !removed && /\w/.test(value))) return null;
  const side = (leftOut: 'added' | 'removed'): Part[] =>
    words
      .filter((word) => !word[leftOut])
      .map(({ value, added, removed }) => ({ text: value, changed: added || removed }));
  return { before: side('added'), after: side('removed') };
}
