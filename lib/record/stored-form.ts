import { encodeValues } from './values';
import type { Values } from './values';

/** A JSON column as it is stored: plain JSON, with tags for what JSON cannot hold, such as text that is no JSON at all. */
export function storedForm(column: unknown): unknown {
  if (typeof column !== 'string') return column ?? null;
  try {
    return JSON.parse(column);
  } catch {
    return { $audit: 'opaque', value: column };
  }
}

/** A value in the form that it would be stored in. */
export function encodedForm(value: unknown): unknown {
  const holder = JSON.parse(encodeValues({ value })) as Values;
  return isTagged(holder) ? holder : (holder['value'] ?? null);
}

/** Values of a row, attribute by attribute. */
export function encodedValues(values: Values): Values {
  // What was cut, or could not be read, has come back as the tag that says so.
  const entries = Object.entries(values).map(([name, value]): [string, unknown] => [
    name,
    isTagged(value) ? value : encodedForm(value),
  ]);
  return Object.fromEntries(entries);
}

/** What stands at a place inside of stored values; undefined where tags stand in the way. */
export function storedAt(stored: unknown, path: readonly (string | number)[]): unknown {
  let value = stored;
  for (const key of path) {
    if (typeof value !== 'object' || value === null || isTagged(value) || !Object.hasOwn(value, key))
      return undefined;
    value = (value as Record<string | number, unknown>)[key];
  }
  return value;
}

export function isTagged(value: unknown): value is Record<'$audit', unknown> {
  return isObject(value) && '$audit' in value;
}

export function isObject(value: unknown): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
