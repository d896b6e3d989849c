import { asText, exactNumber, UNKNOWN } from './value-type';
import type { Particulars, TypeMaker } from './value-type';

const INTEGER = /^-?\d{1,15}$/;
const NUMBER = /^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
const DIGITS = /^-?\d+$/;
const CANONICAL_DIGITS = /^(?:0|-?[1-9]\d*)$/;
/** Up to it, every integer has a single-precision number of its own. */
const SINGLE_INTEGERS = 2 ** 24;

/** Up to 32 bits: a number. On SQLite, which has but one kind of integer, up to 2^53. */
export const integer: TypeMaker = () => ({
  fromDatabase: (raw) => (typeof raw === 'string' && INTEGER.test(raw) ? Number(raw) : raw),
  fromInstance: (value) => {
    if (typeof value === 'string' && INTEGER.test(value)) return Number(value) + 0;
    const number = typeof value === 'bigint' ? Number(value) : value;
    // -0 + 0 is 0; no database keeps the sign.
    return Number.isSafeInteger(number) ? (number as number) + 0 : UNKNOWN;
  },
});

/** Decimal digits in a string, exact. */
export const bigInteger: TypeMaker = (_, { dialect }) => ({
  // Applications tell PostgreSQL's driver to make numbers of them.
  read: dialect === 'sqlite' ? exactNumber : dialect === 'postgres' ? asText : undefined,
  fromDatabase: (raw) => {
    if (typeof raw === 'bigint') return raw.toString();
    return typeof raw === 'number' && Number.isInteger(raw) ? BigInt(raw).toString() : raw;
  },
  fromInstance: (value) => {
    // Above 2^53 one driver writes the shortest digits of a double, another all of them.
    if (typeof value === 'number') return Number.isSafeInteger(value) ? String(value) : UNKNOWN;
    if (typeof value !== 'bigint' && !(typeof value === 'string' && DIGITS.test(value))) return UNKNOWN;
    const digits = String(value);
    if (digits.length <= 18 && CANONICAL_DIGITS.test(digits)) return digits;
    const exact = BigInt(value);
    // SQLite makes a double of what exceeds 64 bits; the others refuse it.
    return dialect === 'sqlite' && BigInt.asIntN(64, exact) !== exact ? UNKNOWN : exact.toString();
  },
  equal: (a, b) => String(a) === String(b),
});

/** FLOAT and REAL where they are of single precision, else of double: which is which depends on the database. */
export const floating: TypeMaker = (type, { dialect }) => {
  const { key, _length, _decimals } = type;
  const bits = _decimals === undefined ? Number(_length ?? 0) : 0;
  if (dialect === 'postgres') {
    // FLOAT is DOUBLE PRECISION there, unless it asks for 24 bits or less.
    return key === 'REAL' || (key === 'FLOAT' && bits > 0 && bits < 25) ? single(true) : double(true);
  }
  if (dialect === 'sqlite') return double(true);
  const kind = key === 'FLOAT' && bits < 25 ? single(false) : double(false);
  return _decimals === undefined ? kind : rounded(kind);
};

/** `hasAll`: whether NaN and the infinities can be stored. SQLite keeps them as text. */
function double(hasAll: boolean): Particulars {
  return {
    fromDatabase: numberOf,
    fromInstance: (value) => {
      const number = typeof value === 'string' && NUMBER.test(value) ? finite(Number(value)) : value;
      if (typeof number !== 'number') return UNKNOWN;
      return hasAll || Number.isFinite(number) ? number + 0 : UNKNOWN;
    },
    equal: isSameNumber,
  };
}

/** The shortest digits that stand for the same single-precision number, as PostgreSQL writes it: 0.1, not 0.10000000149011612. */
function single(hasAll: boolean): Particulars {
  const wide = double(hasAll);
  return {
    // MySQL and MariaDB write six digits of a FLOAT, and all of a sum of doubles.
    read: hasAll ? undefined : (column) => `(${column} + 0E0)`,
    fromDatabase: (raw) => {
      const number = numberOf(raw);
      return typeof number === 'number' ? shortest(Math.fround(number)) : number;
    },
    fromInstance: (value) => {
      const number = wide.fromInstance?.(value);
      if (typeof number !== 'number' || !Number.isFinite(number)) return number;
      const exact = Math.fround(number);
      const short = shortest(exact);
      return number === short || number === exact ? short : UNKNOWN;
    },
    equal: isSameNumber,
  };
}

/** FLOAT(10,2) and the like: the server rounds. */
function rounded(kind: Particulars): Particulars {
  return {
    ...kind,
    fromInstance: (value) => {
      const number = kind.fromInstance?.(value);
      return Number.isInteger(number) ? number : UNKNOWN;
    },
  };
}

function shortest(number: number): number {
  if (!Number.isFinite(number)) return number;
  if (Number.isInteger(number) && Math.abs(number) <= SINGLE_INTEGERS) return number + 0;
  for (let digits = 6; digits < 9; digits++) {
    const short = Number(number.toPrecision(digits));
    if (Math.fround(short) === number) return short;
  }
  return Number(number.toPrecision(9));
}

function numberOf(raw: unknown): unknown {
  if (typeof raw === 'number') return raw + 0;
  if (typeof raw !== 'string') return raw;
  if (NUMBER.test(raw)) return Number(raw) + 0;
  return raw === 'NaN' || raw === 'Infinity' || raw === '-Infinity' ? Number(raw) : raw;
}

function isSameNumber(a: unknown, b: unknown): boolean {
  return a === b || (Number.isNaN(a) && Number.isNaN(b));
}

function finite(number: number): number | undefined {
  return Number.isFinite(number) ? number : undefined;
}
