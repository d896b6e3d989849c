import { diffWordsWithSpace } from 'diff';

/** A changed place of a text with a little of what stands around it. */
export interface Snippet {
  readonly lead: string;
  readonly before: string;
  readonly after: string;
  readonly trail: string;
}

const AROUND = 28;
const WORDS_SHOWN = 60;
const MAX_TEXT = 20_000;
const MAX_EDITS = 500;

/** The first places where two texts differ; none where they are too long, or have too little in common. */
export function snippetsOf(before: string, after: string, atMost: number): Snippet[] {
  if (before.length + after.length > MAX_TEXT) return [];
  const words = diffWordsWithSpace(before, after, { maxEditLength: MAX_EDITS }) ?? [];
  const snippets: Snippet[] = [];
  for (let at = 0; at < words.length && snippets.length < atMost; at += 1) {
    if (!words[at]?.added && !words[at]?.removed) continue;
    const lead = words[at - 1]?.value ?? '';
    let [gone, come] = ['', ''];
    for (; words[at]?.added || words[at]?.removed; at += 1) {
      if (words[at]?.removed) gone += words[at]?.value ?? '';
      else come += words[at]?.value ?? '';
    }
    const trail = words[at]?.value ?? '';
    snippets.push({
      lead: end(lead),
      before: start(gone, WORDS_SHOWN),
      after: start(come, WORDS_SHOWN),
      trail: start(trail, AROUND),
    });
  }
  return snippets;
}

function end(text: string): string {
  const line = text.split('\n').at(-1) ?? '';
  return line.length <= AROUND ? line : `…${line.slice(-AROUND)}`;
}

function start(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length)}…`;
}
