/**
 * The trail's stored form of a value, taken apart. JSON stands for itself; what it cannot hold is a tagged object,
 * `{ "$audit": kind, value }`. What claims to be one and is not well formed is shown as the object that it is.
 */
export type Stored =
  | { readonly kind: 'missing' | 'null' | 'masked' }
  | { readonly kind: 'boolean' | 'number'; readonly text: string }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'list' | 'set'; readonly items: readonly unknown[] }
  | { readonly kind: 'object' | 'map'; readonly entries: readonly (readonly [unknown, unknown])[] }
  | { readonly kind: 'bytes'; readonly base64: string; readonly size: number }
  | {
      readonly kind: 'cut';
      readonly of: string;
      readonly begins: string;
      readonly length: number;
      readonly sha256: string;
    }
  | { readonly kind: 'note'; readonly text: string };

/** What masked values are replaced by at capture. */
const MASKED = '[redacted]';

/** Tells what a value of the trail is. Never throws. */
export function storedOf(value: unknown): Stored {
  switch (typeof value) {
    case 'undefined':
      return { kind: 'missing' };
    case 'string':
      return value === MASKED ? { kind: 'masked' } : { kind: 'text', text: value };
    case 'number':
      return { kind: 'number', text: String(value) };
    case 'boolean':
      return { kind: 'boolean', text: String(value) };
    case 'object':
      if (value === null) return { kind: 'null' };
      if (Array.isArray(value)) return { kind: 'list', items: value };
      return (
        (Object.hasOwn(value, '$audit') ? tagged(value) : null) ?? {
          kind: 'object',
          entries: Object.entries(value),
        }
      );
    default:
      return { kind: 'note', text: typeof value };
  }
}

function tagged(object: object): Stored | null {
  const { $audit: kind, value } = object as { $audit: unknown; value?: unknown };
  switch (kind) {
    case 'bigint':
    case 'number':
      return typeof value === 'string' && value.length < 100_000 ? { kind: 'number', text: value } : null;
    case 'date':
      return { kind: 'note', text: 'invalid date' };
    case 'buffer':
      return typeof value === 'string' ? { kind: 'bytes', base64: value, size: sizeOf(value) } : null;
    case 'string':
      return fromJson(value, (text) => (typeof text === 'string' ? { kind: 'text', text } : null));
    case 'json':
      return fromJson(value, storedOf);
    case 'object':
    case 'map':
      return isEntries(value) ? { kind, entries: value } : null;
    case 'set':
      return Array.isArray(value) ? { kind, items: value } : null;
    case 'cut':
      return cut(object as Record<string, unknown>);
    case 'circular':
      return { kind: 'note', text: 'refers to what it lies in' };
    case 'opaque':
      return { kind: 'note', text: typeof value === 'string' ? value : 'no value' };
    default:
      return null;
  }
}

function cut({ value, of, length, sha256 }: Record<string, unknown>): Stored | null {
  if (of === undefined && value === undefined) return { kind: 'note', text: 'cut' };
  if (of === undefined) return typeof value === 'string' ? { kind: 'note', text: `cut: ${value}` } : null;
  if (typeof of !== 'string' || typeof length !== 'number' || typeof sha256 !== 'string') return null;
  return fromJson(value, (begins) =>
    typeof begins === 'string' ? { kind: 'cut', of, begins, length, sha256 } : null,
  );
}

function fromJson(text: unknown, then: (value: unknown) => Stored | null): Stored | null {
  if (typeof text !== 'string') return null;
  try {
    return then(JSON.parse(text));
  } catch {
    return null;
  }
}

function isEntries(value: unknown): value is [unknown, unknown][] {
  return Array.isArray(value) && value.every((entry) => Array.isArray(entry) && entry.length === 2);
}

/** The bytes behind base64 text. */
function sizeOf(base64: string): number {
  return Math.floor((base64.replace(/=+$/, '').length * 3) / 4);
}
