/** From here on (UTF-16 units) units are looked at one by one: replacing many matches natively takes 30 times as long. */
const LONG = 2048;

const [TAB, NEWLINE, RETURN, BACKSLASH] = [0x09, 0x0a, 0x0d, 0x5c];
const [LETTER_N, LETTER_R, LETTER_T] = [0x6e, 0x72, 0x74];

const SPECIAL = /[\\\t\n\r\0]/;
const ALL_SPECIAL = /[\\\t\n\r\0]/g;
const ESCAPES: Record<string, string> = {
  '\\': '\\\\',
  '\t': '\\t',
  '\n': '\\n',
  '\r': '\\r',
  // No database column of text takes NUL on PostgreSQL; its visible symbol stands for it.
  '\0': '\u2400',
};

/** A short text as a field of PostgreSQL's COPY format. */
export function escapeText(text: string): string {
  return SPECIAL.test(text) ? text.replace(ALL_SPECIAL, (character) => ESCAPES[character] as string) : text;
}

/** {@link escapeText} of JSON text, which holds no raw control characters: only backslashes are to be doubled. */
export function escapeJson(json: string): string {
  if (!json.includes('\\')) return json;
  if (json.length < LONG) return json.replaceAll('\\', '\\\\');
  const units = unitsOf(json);
  const doubled = new Uint16Array(2 * units.length);
  let end = 0;
  for (const unit of units) {
    doubled[end++] = unit;
    if (unit === BACKSLASH) doubled[end++] = unit;
  }
  return textOf(doubled, end);
}

/** The text that a field stands for. */
export function unescapeField(field: string): string {
  if (!field.includes('\\')) return field;
  return field.length < LONG ? unescapeShort(field) : unescapeLong(field);
}

function unescapeShort(field: string): string {
  let text = '';
  let from = 0;
  for (let at = field.indexOf('\\'); at !== -1; at = field.indexOf('\\', at + 2)) {
    text += field.slice(from, at) + String.fromCharCode(meaningOf(field.charCodeAt(at + 1)));
    from = at + 2;
  }
  return text + field.slice(from);
}

function unescapeLong(field: string): string {
  const units = unitsOf(field);
  let end = 0;
  for (let at = 0; at < units.length; at++) {
    const unit = units[at] as number;
    units[end++] = unit === BACKSLASH ? meaningOf(units[++at] as number) : unit;
  }
  return textOf(units, end);
}

/** What a unit behind a backslash means. */
function meaningOf(unit: number): number {
  switch (unit) {
    case LETTER_T:
      return TAB;
    case LETTER_N:
      return NEWLINE;
    case LETTER_R:
      return RETURN;
    default:
      return unit;
  }
}

/** UTF-16, so that halves of surrogate pairs stay what they are. A copy, which may be written to. */
function unitsOf(text: string): Uint16Array {
  const bytes = Buffer.from(text, 'utf16le');
  // A long text has memory of its own; only small ones lie in Node's pool, wherever there is room.
  return new Uint16Array(bytes.buffer, bytes.byteOffset, text.length);
}

function textOf(units: Uint16Array, length: number): string {
  return Buffer.from(units.buffer, units.byteOffset, 2 * length).toString('utf16le');
}
