import { createHash } from 'node:crypto';

import { folded } from './fold';
import { holdsUnsafeEscape, plainJson, SHALLOW } from './plain-json';
import { revive } from './revive';

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
 * json       JSON text of any of these      what it is the text of: databases cannot look that deep
 * circular, cut, opaque                     stays a tagged object: it says what was there
 */
export type Values = Record<string, unknown>;

type Tagged = { $audit: string; value?: unknown };

/** Longer strings and buffers (bytes, or UTF-16 units) are cut; their length and digest are kept. */
export const MAX_VALUE_LENGTH = 1024 * 1024;
/** A larger set of values has its largest attributes cut, so that every database takes the row (MariaDB: 16 MiB a statement). */
export const MAX_VALUES_LENGTH = 2 * 1024 * 1024;
/** No database but PostgreSQL takes more than this in a JSON column, SQLite aside; what lies deeper is cut. */
export const MAX_DEPTH = 256;
const KEPT_OF_CUT = 1024;
/** Where values are cut unread (UTF-16 units, about), because no string could hold them, or no patience: few objects that share each other can unfold into millions. */
const MAX_WORK = 32 * 1024 * 1024;
const WORK_OF_ONE = 16;
const UNREADABLE = 'a value that cannot be read';

const UNSAFE_STRING = /\u0000|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;

/** Encodes values as JSON text that {@link decodeValues} gives back faithfully. Never throws. */
export function encodeValues(values: Values): string {
  return plainJson(values) ?? encodeAny(values);
}

function encodeAny(values: Values): string {
  let tree = encoded(values, false);
  let json = JSON.stringify(tree);
  if (holdsUnsafeEscape(json)) {
    tree = encoded(values, true);
    json = JSON.stringify(tree);
  }
  return json.length <= MAX_VALUES_LENGTH ? json : cutLargest(tree);
}

/**
 * What {@link encodeValues} wrote, as text or already parsed by the database driver. Never throws: what something else
 * has written comes back as it stands.
 */
export function decodeValues(stored: unknown): unknown {
  if (typeof stored !== 'string') return revive(stored);
  try {
    return revive(JSON.parse(stored));
  } catch {
    return stored;
  }
}

function encoded(values: Values, checkStrings: boolean): Values {
  const encoder = new Encoder(checkStrings);
  const tree = encoder.encode(values);
  return encoder.depth > SHALLOW ? (folded(tree) as Values) : tree;
}

/** Makes of any value one that JSON holds. */
class Encoder {
  /** What the value at hand lies in. */
  private readonly path: unknown[] = [];
  private left = MAX_WORK;
  /** Of all values, that of the deepest. */
  depth = 0;

  constructor(private readonly checkStrings: boolean) {}

  encode(values: Values): Values {
    return this.within(values, () => this.object(values)) as Values;
  }

  private plain(value: unknown): unknown {
    this.left -= WORK_OF_ONE;
    if (this.left < 0) return tag('cut', 'too large');
    switch (typeof value) {
      case 'string':
        if (value.length > MAX_VALUE_LENGTH) return cut('string', value);
        this.left -= value.length;
        return this.checkStrings && UNSAFE_STRING.test(value) ? taggedString(value) : value;
      case 'number':
        if (Object.is(value, -0)) return tag('number', '-0');
        return Number.isFinite(value) ? value : tag('number', String(value));
      case 'bigint':
        return tag('bigint', value.toString());
      case 'boolean':
      case 'undefined':
        return value;
      case 'object':
        return value === null ? null : this.within(value, () => this.reference(value));
      default:
        return tag('opaque', typeof value);
    }
  }

  /** Getters, toJSON and proxies are the application's, and may throw whatever they like. */
  private within(value: object, work: () => unknown): unknown {
    if (this.path.includes(value)) return tag('circular');
    if (this.path.length >= MAX_DEPTH) return tag('cut', 'nested too deeply');
    this.path.push(value);
    this.depth = Math.max(this.depth, this.path.length);
    try {
      return work();
    } catch {
      return tag('opaque', UNREADABLE);
    } finally {
      this.path.pop();
    }
  }

  private reference(value: object): unknown {
    if (value instanceof Date) {
      return Number.isNaN(value.getTime()) ? tag('date', 'Invalid Date') : value.toISOString();
    }
    if (ArrayBuffer.isView(value)) return this.bytes(value);
    if (Array.isArray(value)) return value.map((item) => this.plain(item) ?? null);
    if (value instanceof Map) {
      return tag(
        'map',
        [...value].map(([key, item]) => [this.plain(key), this.plain(item) ?? null]),
      );
    }
    if (value instanceof Set) {
      return tag(
        'set',
        [...value].map((item) => this.plain(item) ?? null),
      );
    }
    const { toJSON } = value as { toJSON?: unknown };
    if (typeof toJSON === 'function') return this.plain((toJSON as () => unknown).call(value));
    return this.object(value as Values);
  }

  private bytes(view: ArrayBufferView): unknown {
    const bytes = Buffer.from(view.buffer, view.byteOffset, view.byteLength);
    if (bytes.length > MAX_VALUE_LENGTH) return cut('buffer', bytes);
    this.left -= bytes.length;
    return tag('buffer', bytes.toString('base64'));
  }

  private object(value: Values): Values {
    // No prototype, so that a key named __proto__ is a key like any other.
    const copy = Object.create(null) as Values;
    let needsEntries = '$audit' in value;
    for (const key of Object.keys(value)) {
      const item = this.attribute(value, key);
      if (item === undefined) continue;
      copy[key] = item;
      this.left -= key.length;
      needsEntries ||= this.checkStrings && UNSAFE_STRING.test(key);
    }
    if (!needsEntries) return copy;
    return tag(
      'object',
      Object.entries(copy).map(([key, item]) => [UNSAFE_STRING.test(key) ? taggedString(key) : key, item]),
    );
  }

  /** One getter that throws does not hide the other attributes. */
  private attribute(of: Values, key: string): unknown {
    let value: unknown;
    try {
      value = of[key];
    } catch {
      return tag('opaque', UNREADABLE);
    }
    return this.plain(value);
  }
}

function tag(kind: string, value?: unknown): Tagged {
  return value === undefined ? { $audit: kind } : { $audit: kind, value };
}

/** The JSON text of the string, as a string: its escapes are now plain characters, which every database takes. */
function taggedString(value: string): Tagged {
  return tag('string', JSON.stringify(value));
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

/** Cuts attributes, the largest first; all of them as one where that is not enough, because there are so many. */
function cutLargest(tree: Values): string {
  const listed = tree['$audit'] === 'object';
  const entries = listed ? (tree['value'] as [unknown, unknown][]) : Object.entries(tree);
  const sized = entries.map((entry) => ({ entry, text: JSON.stringify(entry[1]) }));
  sized.sort((a, b) => b.text.length - a.text.length);
  let excess = JSON.stringify(tree).length - MAX_VALUES_LENGTH;
  for (const { entry, text } of sized) {
    const shorter = shorten(entry[1], text);
    const gain = text.length - JSON.stringify(shorter).length;
    if (excess <= 0 || gain <= 0) break;
    entry[1] = shorter;
    excess -= gain;
  }
  const json = JSON.stringify(listed ? tree : Object.fromEntries(entries as [string, unknown][]));
  return json.length <= MAX_VALUES_LENGTH ? json : JSON.stringify(cut('json', json));
}

/** Of a string or a buffer it is its own length and digest that are kept, not those of its JSON text. */
function shorten(encoded: unknown, text: string): Values {
  const whole = /^\{"\$audit":"(?:string|buffer)"/.test(text) ? revive(encoded) : encoded;
  if (Buffer.isBuffer(whole)) return cut('buffer', whole);
  return typeof whole === 'string' ? cut('string', whole) : cut('json', text);
}
