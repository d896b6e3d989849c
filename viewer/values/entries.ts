import { keyText } from './plain';
import { storedOf } from './stored';

/** Values that were too many to keep as a whole have no attributes any more. */
const ALL = '(all values)';

/**
 * The attributes of a set of values, as a map: an attribute named `__proto__` is one like any other. Empty for null.
 */
export function attributesOf(values: unknown): Map<string, unknown> {
  if (values === null || values === undefined) return new Map();
  const stored = storedOf(values);
  if (stored.kind !== 'object') return new Map([[ALL, values]]);
  return new Map(stored.entries.map(([key, value]) => [keyText(key), value]));
}
