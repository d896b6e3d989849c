import { attributesOf } from '../values/entries';

/** What became of one attribute; undefined is no value at all, null is NULL. */
export interface Change {
  readonly attribute: string;
  readonly before: unknown;
  readonly after: unknown;
}

/** The attributes of an audit with their old and new values, in the order of the record. */
export function changesOf(audit: { readonly oldValues: unknown; readonly newValues: unknown }): Change[] {
  return paired(attributesOf(audit.oldValues), attributesOf(audit.newValues));
}

/** An attribute at two points in time. */
export interface Compared extends Change {
  readonly differs: boolean;
}

/** All attributes of two states, those of the second first. */
export function compared(before: unknown, after: unknown): Compared[] {
  return paired(attributesOf(after), attributesOf(before)).map(({ attribute, before: now, after: then }) => ({
    attribute,
    before: then,
    after: now,
    differs: !isSame(then, now),
  }));
}

function paired(left: Map<string, unknown>, right: Map<string, unknown>): Change[] {
  const names = new Set([...left.keys(), ...right.keys()]);
  return [...names].map((attribute) => ({
    attribute,
    before: left.get(attribute),
    after: right.get(attribute),
  }));
}

/** Two values are the same if their JSON is, whatever the order of keys: databases sort them. */
function isSame(left: unknown, right: unknown): boolean {
  return JSON.stringify(sorted(left)) === JSON.stringify(sorted(right));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  // As a list of entries, so that no key is special.
  return Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([key, item]) => [key, sorted(item)]);
}
