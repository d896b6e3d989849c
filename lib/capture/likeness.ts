import { createHash } from 'node:crypto';

import type { Column } from './model/columns';
import { MASK } from '../record/redaction';
import { decodeValues, encodeValues } from '../record/values';

/** `unknown` where one of the values is masked or cut in a way that leaves nothing to compare. */
export type Likeness = 'same' | 'different' | 'unknown';

/** What the trail keeps of a value that it has cut. */
interface Cut {
  readonly $audit: 'cut';
  readonly of?: string;
  readonly length?: number;
  readonly sha256?: string;
}

/** Whether two values of an attribute, as the trail gives them or would, are the same. */
export function likenessOf({ type }: Column, a: unknown, b: unknown): Likeness {
  if (type.equal(a, b)) return 'same';
  if (a === MASK || b === MASK) return 'unknown';
  if (isCut(a)) return likenessOfCut(a, b);
  if (isCut(b)) return likenessOfCut(b, a);
  if (isTagged(a) || isTagged(b)) return 'unknown';
  // What lies deep within JSON may have been cut as well.
  if (isObject(a) && isObject(b) && (type.equal(a, recorded(b)) || type.equal(recorded(a), b))) return 'same';
  return 'different';
}

function likenessOfCut(cut: Cut, other: unknown): Likeness {
  if (cut.sha256 === undefined) return 'unknown';
  const digest = isCut(other) ? other.sha256 : digestOf(other, cut.of);
  if (digest === cut.sha256) return 'same';
  // Of JSON it is the text that was digested, and the order of keys is the database's.
  return cut.of === 'json' || digest === undefined || (isCut(other) && other.of !== cut.of)
    ? 'unknown'
    : 'different';
}

function digestOf(value: unknown, of: string | undefined): string | undefined {
  const whole = of === 'json' ? encodeValues({ value }).slice('{"value":'.length, -1) : value;
  if (typeof whole !== 'string' && !Buffer.isBuffer(whole)) return undefined;
  return createHash('sha256').update(whole).digest('hex');
}

/** The value as the trail would give it back. */
function recorded(value: unknown): unknown {
  return (decodeValues(encodeValues({ value })) as { value: unknown }).value;
}

/** Whether all values of a record were cut as one. */
export function isCut(value: unknown): value is Cut {
  return isTagged(value) && value.$audit === 'cut';
}

/** What could not be recorded: its kind is known, and no more. */
function isTagged(value: unknown): value is { $audit: string } {
  return isObject(value) && typeof (value as { $audit?: unknown }).$audit === 'string';
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Buffer.isBuffer(value);
}
