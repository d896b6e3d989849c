import { bytea, isEqualBytes } from './binary';
import { UNKNOWN } from './value-type';
import type { Dialect, Particulars, TypeMaker } from './value-type';

/** Not so in every text that has a surrogate, but in all that need a second look. */
const SUSPECT = /[\0\ud800-\udfff]/;
const LONE_SURROGATE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;
/** Above it drivers write integers into text in various ways: `2147483648.0`, `1e15`. */
const MAX_INTEGER = 2 ** 31 - 1;

/** TEXT and CITEXT. */
export const text: TypeMaker = (_, { dialect }) => ({ fromInstance: (value) => stored(value, dialect) });

/** STRING: too long a text loses its trailing spaces, or is refused. SQLite keeps any text, and bytes as bytes. */
export const string: TypeMaker = ({ _length, _binary }, { dialect }) => {
  if (_binary && dialect === 'postgres') return bytea;
  if (dialect === 'sqlite') return loose;
  const length = Number(_length) || 255;
  return { fromInstance: (value) => shorterThan(length, stored(value, dialect)) };
};

/** CHAR: PostgreSQL fills it with spaces, MySQL and MariaDB drop those at its end. */
export const char: TypeMaker = (type, context) => {
  const { fromInstance, ...others } = string(type, context);
  const length = Number(type._length) || 255;
  if (context.dialect === 'sqlite' || others.equal || !fromInstance) return { fromInstance, ...others };
  return {
    fromInstance: (value) => {
      const whole = fromInstance(value);
      if (typeof whole !== 'string') return whole;
      return context.dialect === 'mysql' ? whole.replace(/ +$/, '') : padded(whole, length);
    },
  };
};

/** ENUM: what is not in the list is refused, or, on MySQL, taken for what is like it. SQLite keeps any text. */
export const enumeration: TypeMaker = ({ values }, { dialect }) => ({
  fromInstance: (value) => {
    if (dialect === 'sqlite') return stored(value, dialect);
    return values?.includes(value as string) ? value : UNKNOWN;
  },
});

const loose: Particulars = {
  fromInstance: (value) => (Buffer.isBuffer(value) ? value : stored(value, 'sqlite')),
  equal: isEqualBytes,
};

/** What becomes of a value in a column of text. */
export function stored(value: unknown, dialect: Dialect): unknown {
  switch (typeof value) {
    case 'string':
      return SUSPECT.test(value) ? storedSuspect(value, dialect) : value;
    case 'number':
      return Number.isInteger(value) && Math.abs(value) <= MAX_INTEGER ? String(value) : UNKNOWN;
    case 'boolean':
      return dialect === 'postgres' ? String(value) : String(Number(value));
    default:
      return UNKNOWN;
  }
}

/** UTF-8 has no lone surrogates. For PostgreSQL, which has no NUL, Sequelize writes a backslash and 0. */
function storedSuspect(value: string, dialect: Dialect): unknown {
  if (LONE_SURROGATE.test(value)) return UNKNOWN;
  return dialect === 'postgres' ? value.replaceAll('\0', '\\0') : value;
}

function shorterThan(length: number, value: unknown): unknown {
  // In UTF-16 units, of which there are never fewer than characters.
  return typeof value === 'string' && value.length > length ? UNKNOWN : value;
}

function padded(value: string, length: number): string {
  return SUSPECT.test(value) ? value + ' '.repeat(length - [...value].length) : value.padEnd(length);
}
