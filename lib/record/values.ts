import { createHash } from 'node:crypto';

/**
 * Old and new values travel and rest as JSON. What JSON cannot hold is written as a tagged object,
 * `{ "$audit": "<kind>", … }`, and comes back as what it was: nothing is dropped, nothing is guessed.
 *
 * kind       value                          comes back as
 * bigint     decimal digits                 BigInt
 * number     NaN, Infinity, -Infinity, -0   number
 * date       'Invalid Date'                 Date (valid dates are plain ISO strings)
 * buffer     base64                         Buffer
 * string     a JSON-escaped string          string with NUL or lone surrogates (PostgreSQL refuses both in jsonb)
 * object     [[key, value], …]              object whose keys JSON or we cannot hold plainly
 * map, set   entries, members               Map, Set
 * circular, cut, opaque                     stays a tagged object: it says what was there
 */
export type Values = Record<string, unknown>;

type Tagged = { $audit: string; value?: unknown; length?: number; sha256?: string };

/** Longer strings and buffers (bytes, or UTF-16 units) are cut; their length and digest are kept. */
export const MAX_VALUE_LENGTH = 1024 * 1024;
/** A larger set of values has its largest attributes cut, so that every database takes the row. */
export const MAX_VALUES_LENGTH = 8 * 1024 * 1024;
const MAX_DEPTH = 64;
const KEPT_OF_CUT = 1024;

/** `\u0000` and lone surrogates, as JSON.stringify writes them. A false alarm only costs the slow path. */
const UNSAFE_ESCAPE = /\\u(?:0000|d[89a-f])/;
const UNSAFE_STRING = /\u0000|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;

/** Encodes values as JSON text that {@link decodeValues} gives back faithfully. Never throws. */
export function encodeValues(values: Values): string {
  let json = JSON.stringify(plainObject(values, 0, [values], false));
  if (json.includes('\\u') && UNSAFE_ESCAPE.test(json)) {
    json = JSON.stringify(plainObject(values, 0, [values], true));
  }
  return json.length <= MAX_VALUES_LENGTH ? json : cutLargest(json);
}

/** What {@link encodeValues} wrote, as text or already parsed by the database driver. */
export function decodeValues(stored: unknown): unknown {
  const parsed: unknown = typeof stored === 'string' ? JSON.parse(stored) : stored;
  return revive(parsed);
}

function plain(value: unknown, depth: number, ancestors: unknown[], checkStrings: boolean): unknown {
  switch (typeof value) {
    case 'string':
      if (value.length > MAX_VALUE_LENGTH) return cut('string', value);
      return checkStrings && UNSAFE_STRING.test(value) ? taggedString(value) : value;
    case 'number':
      return Number.isFinite(value) && !Object.is(value, -0) ? value : tag('number', numberName(value));
    case 'bigint':
      return tag('bigint', value.toString());
    case 'boolean':
    case 'undefined':
      return value;
    case 'object':
      return value === null ? null : plainReference(value, depth, ancestors, checkStrings);
    default:
      return tag('opaque', typeof value);
  }
}

function plainReference(value: object, depth: number, ancestors: unknown[], checkStrings: boolean): unknown {
  if (value instanceof Date) {
    return Number.isNaN(value.getTime()) ? tag('date', 'Invalid Date') : value.toISOString();
  }
  if (ArrayBuffer.isView(value)) {
    const bytes = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
    return bytes.length > MAX_VALUE_LENGTH ? cut('buffer', bytes) : tag('buffer', bytes.toString('base64'));
  }
  if (ancestors.includes(value)) return tag('circular');
  if (depth >= MAX_DEPTH) return tag('cut', 'nested too deeply');
  const path = [...ancestors, value];
  const child = (item: unknown): unknown => plain(item, depth + 1, path, checkStrings);
  if (Array.isArray(value)) return value.map((item) => child(item) ?? null);
  if (value instanceof Map)
    return tag(
      'map',
      [...value].map(([key, item]) => [child(key), child(item) ?? null]),
    );
  if (value instanceof Set)
    return tag(
      'set',
      [...value].map((item) => child(item) ?? null),
    );
  const toJSON = (value as { toJSON?: unknown }).toJSON;
  if (typeof toJSON === 'function') {
    try {
      return child((toJSON as () => unknown).call(value));
    } catch {
      return tag('opaque', 'an object whose toJSON failed');
    }
  }
  return plainObject(value as Values, depth, path, checkStrings);
}

function plainObject(value: Values, depth: number, path: unknown[], checkStrings: boolean): unknown {
  // No prototype, so that a key named __proto__ is a key like any other.
  const copy = Object.create(null) as Values;
  let needsEntries = '$audit' in value;
  for (const key of Object.keys(value)) {
    copy[key] = plain(value[key], depth + 1, path, checkStrings);
    needsEntries ||= checkStrings && UNSAFE_STRING.test(key);
  }
  if (!needsEntries) return copy;
  return tag(
    'object',
    Object.entries(copy).map(([key, item]) => [
      UNSAFE_STRING.test(key) ? taggedString(key) : key,
      item ?? null,
    ]),
  );
}

function tag(kind: string, value?: unknown): Tagged {
  return value === undefined ? { $audit: kind } : { $audit: kind, value };
}

/** The JSON text of the string, as a string: its escapes are now plain characters, which every database takes. */
function taggedString(value: string): Tagged {
  return tag('string', JSON.stringify(value));
}

function numberName(value: number): string {
  return Object.is(value, -0) ? '-0' : String(value);
}

function cut(of: 'string' | 'buffer' | 'json', whole: string | Buffer): Values {
  const kept =
    typeof whole === 'string'
      ? whole.slice(0, KEPT_OF_CUT)
      : whole.subarray(0, KEPT_OF_CUT).toString('base64');
  const sha256 = createHash('sha256').update(whole).digest('hex');
  // The slice may end inside a surrogate pair or hold NUL: the tagged form is safe in either case.
  return { $audit: 'cut', of, value: JSON.stringify(kept), length: whole.length, sha256 };
}

function cutLargest(json: string): string {
  const values = JSON.parse(json) as Values;
  const sizes = Object.entries(values)
    .map(([key, value]) => ({ key, text: JSON.stringify(value) }))
    .sort((a, b) => b.text.length - a.text.length);
  let length = json.length;
  for (const { key, text } of sizes) {
    if (length <= MAX_VALUES_LENGTH) break;
    values[key] = cut('json', text);
    length -= text.length;
  }
  return JSON.stringify(values);
}

function revive(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(revive);
  if (typeof value !== 'object' || value === null) return value;
  if ('$audit' in value) return reviveTagged(value as Tagged);
  return objectFrom(Object.entries(value).map(([key, item]) => [key, revive(item)]));
}

function reviveTagged(tagged: Tagged): unknown {
  const { $audit: kind, value } = tagged;
  try {
    switch (kind) {
      case 'bigint':
        return BigInt(value as string);
      case 'number':
        return Number(value);
      case 'date':
        return new Date(Number.NaN);
      case 'buffer':
        return Buffer.from(value as string, 'base64');
      case 'string':
        return JSON.parse(value as string) as string;
      case 'object':
        return objectFrom(
          (value as [unknown, unknown][]).map(([key, item]) => [String(revive(key)), revive(item)]),
        );
      case 'map':
        return new Map((value as [unknown, unknown][]).map(([key, item]) => [revive(key), revive(item)]));
      case 'set':
        return new Set((value as unknown[]).map(revive));
      default:
        return tagged;
    }
  } catch {
    // Written by something else than this module: show it as it stands rather than fail the whole read.
    return tagged;
  }
}

function objectFrom(entries: [string, unknown][]): Values {
  const object: Values = {};
  for (const [key, value] of entries) {
    Object.defineProperty(object, key, { value, enumerable: true, writable: true, configurable: true });
  }
  return object;
}
