import { isDeepStrictEqual } from 'node:util';

import { jsonCopy } from './json-copy';
import { asChar, asText, UNKNOWN } from './value-type';
import type { Particulars, TypeMaker } from './value-type';

const PAIR = /"((?:[^"\\]|\\.)*)"=>(?:"((?:[^"\\]|\\.)*)"|NULL)/gs;
const DISPUTED = /['\\\0]/;

/** JSON and JSONB: what JSON.parse makes of it. The order of keys does not matter. */
export const json: TypeMaker = (_, { dialect }) => ({
  // As text, because some drivers parse it and some don't: then a string could be either.
  read: dialect === 'postgres' ? asText : dialect === 'mysql' ? asChar : undefined,
  fromDatabase: (raw) => (typeof raw === 'string' ? (JSON.parse(raw) as unknown) : raw),
  fromInstance: (value) => {
    const copy = jsonCopy(value);
    return copy === undefined ? UNKNOWN : copy;
  },
  equal: isDeepStrictEqual,
});

/**
 * HSTORE: an object of strings and nulls. pg-hstore doubles quotes that are bound, and reads some backslashes
 * wrongly, so that Sequelize and the database are of two minds about texts with them.
 */
export const hstore: TypeMaker = () => ({
  read: asText,
  fromDatabase: (raw) => (typeof raw === 'string' ? parsePairs(raw) : raw),
  fromInstance: (value) => {
    if (typeof value !== 'object' || Array.isArray(value)) return UNKNOWN;
    const entries = Object.entries(value as object).map(([key, item]) => [key, storedItem(item)] as const);
    const isKnown = entries.every(([key, item]) => item !== UNKNOWN && !DISPUTED.test(key));
    return isKnown ? Object.fromEntries(entries) : UNKNOWN;
  },
  equal: isDeepStrictEqual,
});

/** Of a type that we do not know we compare what there is. */
export const anything: Particulars = { equal: isDeepStrictEqual };

function storedItem(item: unknown): unknown {
  if (item === null) return null;
  if (typeof item === 'string') return DISPUTED.test(item) ? UNKNOWN : item;
  return typeof item === 'number' || typeof item === 'boolean' ? String(item) : UNKNOWN;
}

function parsePairs(text: string): Record<string, string | null> {
  return Object.fromEntries(
    [...text.matchAll(PAIR)].map(([, key = '', value]) => [
      unescaped(key),
      value === undefined ? null : unescaped(value),
    ]),
  );
}

function unescaped(text: string): string {
  return text.replace(/\\(.)/gs, '$1');
}
