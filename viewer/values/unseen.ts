/** A piece of text; `unseen` if it stands for characters that would not show, or would change how others show. */
export interface Piece {
  readonly text: string;
  readonly unseen: boolean;
}

/**
 * Controls but tab and line feed, marks of direction, spaces without width, tags, private line breaks, half characters.
 * Joiners are left between pictures (they make families) and in scripts that are written with them.
 */
const UNSEEN = new RegExp(
  [
    '[\\u0000-\\u0008\\u000b-\\u001f\\u007f-\\u009f\\u00ad\\u061c\\u115f\\u1160\\u180e\\u200b\\u200e\\u200f\\u2028-\\u202e',
    '\\u2060-\\u206f\\u3164\\ufeff\\uffa0\\ufff9-\\ufffb\\u{e0000}-\\u{e007f}\\p{Surrogate}]',
    '|(?<![\\p{Extended_Pictographic}\\p{Emoji_Modifier}\\ufe0f\\p{Script=Arabic}\\p{Script=Devanagari}\\p{Script=Bengali}',
    '\\p{Script=Tamil}\\p{Script=Telugu}\\p{Script=Kannada}\\p{Script=Malayalam}\\p{Script=Sinhala}\\p{Script=Khmer}])[\\u200c\\u200d]',
  ].join(''),
  'gu',
);

/** Carriage return before a line feed is how some systems end lines. */
const LINE_END = /\r\n/g;

/** Splits a text so that nothing in it is hidden. */
export function piecesOf(text: string): Piece[] {
  const pieces: Piece[] = [];
  const plain = text.replace(LINE_END, '\n');
  let from = 0;
  for (const match of plain.matchAll(UNSEEN)) {
    if (match.index > from) pieces.push({ text: plain.slice(from, match.index), unseen: false });
    const sign = signOf(match[0]);
    const last = pieces.at(-1);
    // One mark for a run of them, so that a text of nothing else makes no million elements.
    if (last?.unseen && match.index === from)
      pieces[pieces.length - 1] = { text: last.text + sign, unseen: true };
    else pieces.push({ text: sign, unseen: true });
    from = match.index + match[0].length;
  }
  if (from < plain.length) pieces.push({ text: plain.slice(from), unseen: false });
  return pieces;
}

/** The same as one text, for titles and labels. */
export function allSeen(text: string): string {
  return text.replace(LINE_END, '\n').replace(UNSEEN, signOf);
}

/** Controls by their names: few fonts have the pictures that Unicode has for them. */
const CONTROLS =
  'NUL SOH STX ETX EOT ENQ ACK BEL BS TAB LF VT FF CR SO SI DLE DC1 DC2 DC3 DC4 NAK SYN ETB CAN EM SUB ESC FS GS RS US'.split(
    ' ',
  );

function signOf(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  const name = code === 0x7f ? 'DEL' : CONTROLS[code];
  if (name !== undefined) return `[${name}]`;
  return `[U+${code.toString(16).toUpperCase().padStart(4, '0')}]`;
}
