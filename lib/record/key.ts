import { createHash } from 'node:crypto';

/** Indexed on every database: MySQL's indexes hold no more of a utf8mb4 text together with the type. */
export const MAX_KEY_LENGTH = 255;

/**
 * The primary key of a record as text. One attribute: its value. Several: a JSON object by attribute
 * name in alphabetical order with text values, `{"orderId":"1","productId":"2"}`, which does not depend
 * on the order of definition or on whether the database driver hands out numbers as text.
 */
export function canonicalKey(
  values: Readonly<Record<string, unknown>>,
  attributes: readonly string[],
): string | null {
  const [first] = attributes;
  if (first === undefined) return null;
  if (attributes.length === 1) {
    const value = values[first];
    return value === undefined || value === null ? null : capped(keyPart(value));
  }
  const parts: Record<string, string> = {};
  for (const attribute of [...attributes].sort()) {
    const value = values[attribute];
    if (value === undefined || value === null) return null;
    parts[attribute] = keyPart(value);
  }
  return capped(JSON.stringify(parts));
}

/** One key value, given by a person or a program, in the form it is stored in. */
export function keyPart(value: unknown): string {
  if (typeof value === 'string') return value;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'Invalid Date' : value.toISOString();
  if (Buffer.isBuffer(value)) return value.toString('hex');
  if (typeof value === 'object' && value !== null) return JSON.stringify(value);
  return String(value);
}

/** The parts of a composite key, a JSON object of texts; none if it was too long to be kept whole. */
export function partsOf(key: string): Record<string, unknown> {
  try {
    return JSON.parse(key) as Record<string, unknown>;
  } catch {
    return {};
  }
}

/** A longer key keeps its beginning for the reader and a digest for uniqueness. */
function capped(key: string): string {
  if (key.length <= MAX_KEY_LENGTH) return key;
  const digest = createHash('sha256').update(key).digest('hex');
  return `${key.slice(0, MAX_KEY_LENGTH - digest.length - 1)}~${digest}`;
}
