/**
 * MariaDB's JSON functions know 31 levels, MySQL's 100. At level 28 a Map takes three levels of its own, and what
 * it holds is one more.
 */
const DEEPEST_UNFOLDED = 28;

/**
 * The encoded values with what is nested deeper than databases can look into as JSON text, `{ "$audit": "json" }`.
 * Then their functions for JSON work on all that is above, in every record.
 */
export function folded(encoded: unknown, level = 1): unknown {
  if (typeof encoded !== 'object' || encoded === null) return encoded;
  if (level > DEEPEST_UNFOLDED) return { $audit: 'json', value: JSON.stringify(encoded) };
  if (Array.isArray(encoded)) return encoded.map((item) => folded(item, level + 1));
  const { $audit: kind, value } = encoded as { $audit?: unknown; value?: unknown };
  switch (kind) {
    case undefined:
      return foldedAttributes(encoded as Record<string, unknown>, level + 1);
    case 'map':
    case 'object':
      return { $audit: kind, value: (value as unknown[][]).map((entry) => entry.map(inTag(level + 3))) };
    case 'set':
      return { $audit: kind, value: (value as unknown[]).map(inTag(level + 2)) };
    default:
      return encoded;
  }
}

function inTag(level: number): (item: unknown) => unknown {
  return (item) => folded(item, level);
}

function foldedAttributes(encoded: Record<string, unknown>, level: number): Record<string, unknown> {
  // No prototype, as in what was encoded.
  const copy = Object.create(null) as Record<string, unknown>;
  for (const [key, item] of Object.entries(encoded)) copy[key] = folded(item, level);
  return copy;
}
