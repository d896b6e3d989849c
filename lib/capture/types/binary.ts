import { UNKNOWN } from './value-type';
import type { Particulars, TypeMaker } from './value-type';

const HEX = /^\\x(?:[0-9a-f]{2})*$/;

/** BLOB: a buffer. Of anything else Sequelize stores the bytes of its text, of a list the list of bytes. */
export const blob: TypeMaker = () => ({
  fromDatabase: bytesOf,
  fromInstance: (value) => {
    if (Buffer.isBuffer(value)) return value;
    return Array.isArray(value) ? Buffer.from(value) : Buffer.from(String(value));
  },
  equal: isEqualBytes,
});

/** STRING.BINARY and CHAR.BINARY on PostgreSQL, where they are BYTEA: text is read as the literal of one. */
export const bytea: Particulars = {
  fromDatabase: bytesOf,
  fromInstance: (value) => {
    if (Buffer.isBuffer(value)) return value;
    return typeof value === 'string' && !/[\\\0]/.test(value) ? Buffer.from(value) : UNKNOWN;
  },
  equal: isEqualBytes,
};

/** In PostgreSQL's text of an array, bytes are written in hexadecimal. */
function bytesOf(raw: unknown): unknown {
  return typeof raw === 'string' && HEX.test(raw) ? Buffer.from(raw.slice(2), 'hex') : raw;
}

export function isEqualBytes(a: unknown, b: unknown): boolean {
  return a === b || (Buffer.isBuffer(a) && Buffer.isBuffer(b) && a.equals(b));
}
