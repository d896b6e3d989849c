import { attributesOf } from '../values/entries';

/** What became of one attribute; undefined is no value at all, null is NULL. */
export interface Change {
  readonly attribute: string;
  readonly before: unknown;
  readonly after: unknown;
}

interface Values {
  readonly event: string;
  readonly oldValues: unknown;
  readonly newValues: unknown;
}

/**
 * The attributes of an audit with their old and new values, in the order of the record. Of a row that was only marked
 * as deleted the marks come first: all the others are what it was, and still is.
 */
export function changesOf({ event, oldValues, newValues }: Values): Change[] {
  const changes = paired(attributesOf(oldValues), attributesOf(newValues));
  if (event !== 'deleted') return changes;
  const isMark = ({ after }: Change): boolean => after !== undefined;
  return [...changes.filter(isMark), ...changes.filter((change) => !isMark(change))];
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
    // A row has a value for each attribute; one that its history does not tell is null as far as anybody knows.
    differs: !isSame(then ?? null, now ?? null),
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
