import { asText, UNKNOWN } from './value-type';
import type { TypeMaker } from './value-type';

interface Bound {
  readonly value: unknown;
  readonly inclusive: boolean;
}

const RANGE = /^([[(])("?)(.*?)\2,("?)(.*?)\4([\])])$/s;
/** PostgreSQL writes them with an inclusive lower and an exclusive upper bound, whatever was given. */
const DISCRETE = new Set(['INTEGER', 'BIGINT', 'DATEONLY']);

/** RANGE: `[{ value, inclusive }, { value, inclusive }]`, as Sequelize has it; null is no bound, `[]` the empty range. */
export const range: TypeMaker = ({ _subtype }, { valueTypeOf }) => {
  const bound = valueTypeOf({ key: _subtype });
  const isDiscrete = DISCRETE.has(_subtype ?? '');
  const bounds = (lower: unknown, upper: unknown, inclusive: readonly boolean[]): Bound[] => [
    { value: lower, inclusive: lower !== null && inclusive[0] === true },
    { value: upper, inclusive: upper !== null && inclusive[1] === true },
  ];
  const fromText = (text: string): unknown => {
    if (text === 'empty') return [];
    const match = RANGE.exec(text);
    if (!match) return text;
    const [, opening, , lower, , upper, closing] = match;
    // An empty text is no bound.
    const read = (value: string | undefined): unknown => bound.fromDatabase(value || null);
    return bounds(read(lower), read(upper), [opening === '[', closing === ']']);
  };
  return {
    read: asText,
    fromDatabase: (raw) => (typeof raw === 'string' ? fromText(raw) : raw),
    fromInstance: (value) => {
      if (!Array.isArray(value)) return UNKNOWN;
      if (value.length === 0) return [];
      if (value.length !== 2) return UNKNOWN;
      const [lower, upper] = [given(value[0], true), given(value[1], false)];
      const known = [bound.fromInstance(lower.value), bound.fromInstance(upper.value)] as const;
      if (!isProper(...known)) return UNKNOWN;
      const result = bounds(...known, [lower.inclusive, upper.inclusive]);
      const isCanonical =
        !isDiscrete || (result[0]!.inclusive === (known[0] !== null) && !result[1]!.inclusive);
      return isCanonical ? result : UNKNOWN;
    },
    equal: (a, b) => {
      const [left, right] = [a as Bound[], b as Bound[]];
      return left.length === right.length && left.every((one, index) => isSame(one, right[index]!));
    },
  };

  function isSame(a: Bound, b: Bound): boolean {
    return a.inclusive === b.inclusive && bound.equal(a.value, b.value);
  }
};

/** A bound as the application may give it. */
function given(bound: unknown, inclusive: boolean): Bound {
  if (typeof bound !== 'object' || bound === null || !Object.hasOwn(bound, 'value')) {
    return { value: bound, inclusive };
  }
  const { value, inclusive: own = inclusive } = bound as Partial<Bound>;
  return { value, inclusive: own };
}

/** Whether the lower bound is surely below the upper: else the range may be empty, or refused. */
function isProper(lower: unknown, upper: unknown): boolean {
  if (isUnknown(lower) || isUnknown(upper)) return false;
  if (lower === null || upper === null) return true;
  const [a, b] = [Number(lower), Number(upper)];
  if (!Number.isNaN(a) && !Number.isNaN(b)) return a < b;
  // Dates are ordered as their texts are, infinities included.
  return typeof lower === 'string' && typeof upper === 'string' && lower < upper;
}

function isUnknown(value: unknown): boolean {
  return value === UNKNOWN || value === undefined;
}
