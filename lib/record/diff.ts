import { isDeepStrictEqual } from 'node:util';

import type { Values } from './values';

/** What became of one attribute, or of one place inside of its JSON. */
export interface Difference {
  /** The attribute's name, then keys and indexes. Empty for all values of a record as one, which were too large to be kept. */
  readonly path: readonly (string | number)[];
  readonly kind: 'added' | 'removed' | 'changed';
  /** Not there where it was added. */
  readonly before?: unknown;
  /** Not there where it was removed. */
  readonly after?: unknown;
}

/** What a record says was done. A soft delete tells all that the row held and goes on holding. */
export function changesOf(event: string, oldValues: Values | null, newValues: Values | null): Difference[] {
  const [before, after] = [oldValues ?? {}, newValues ?? {}];
  if (isObject(before) && isObject(after)) {
    const isSoftDelete = event === 'deleted' && newValues !== null;
    return differencesOf(isSoftDelete ? entriesOf(before, after) : before, after);
  }
  if (oldValues === null) return [{ path: [], kind: 'added', after }];
  return newValues === null ? [{ path: [], kind: 'removed', before }] : differencesOf(before, after);
}

/** Of some values those that others have as well. */
function entriesOf(values: Values, others: Values): Values {
  return Object.fromEntries(Object.entries(values).filter(([name]) => Object.hasOwn(others, name)));
}

/** All differences of two sets of values, each at its own place; lists are compared index by index. */
export function differencesOf(before: unknown, after: unknown): Difference[] {
  const found: Difference[] = [];
  compare(before, after, [], found);
  return found;
}

function compare(
  before: unknown,
  after: unknown,
  path: readonly (string | number)[],
  found: Difference[],
): void {
  if (Object.is(before, after)) return;
  if (Array.isArray(before) && Array.isArray(after)) {
    const length = Math.max(before.length, after.length);
    for (let index = 0; index < length; index++) {
      compareAt(index, index < before.length, index < after.length, before, after, path, found);
    }
  } else if (isObject(before) && isObject(after)) {
    for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
      compareAt(key, Object.hasOwn(before, key), Object.hasOwn(after, key), before, after, path, found);
    }
  } else if (!isDeepStrictEqual(before, after)) {
    found.push({ path, kind: 'changed', before, after });
  }
}

function compareAt(
  key: string | number,
  isBefore: boolean,
  isAfter: boolean,
  before: object,
  after: object,
  path: readonly (string | number)[],
  found: Difference[],
): void {
  const here = [...path, key];
  const [old, now] = [before, after].map((side) => (side as Record<string | number, unknown>)[key]);
  if (isBefore && isAfter) compare(old, now, here, found);
  else if (isBefore) found.push({ path: here, kind: 'removed', before: old });
  else found.push({ path: here, kind: 'added', after: now });
}

/** One that has keys of its own to compare: not a Buffer, a Date, a Map, or what stands for a value that was cut. */
function isObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || '$audit' in value) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
