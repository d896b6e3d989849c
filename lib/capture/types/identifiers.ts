import { stored } from './texts';
import { UNKNOWN } from './value-type';
import type { TypeMaker } from './value-type';

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const MAC_ADDRESS = /^[0-9a-f]{2}(?::[0-9a-f]{2}){5}$/;
const BYTE = '(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)';
const IP_V4 = new RegExp(`^${BYTE}(?:\\.${BYTE}){3}$`);
const NETWORK_V4 = new RegExp(`^${BYTE}(?:\\.${BYTE}){3}/(?:\\d|[12]\\d|3[0-2])$`);

/** PostgreSQL writes them in lower case; for MySQL and MariaDB they are CHAR(36), and for SQLite text. */
export const uuid: TypeMaker = (_, { dialect }) => ({
  fromInstance: (value) => {
    if (typeof value !== 'string') return UNKNOWN;
    if (UUID.test(value)) return value;
    const lower = value.toLowerCase();
    if (!UUID.test(lower)) return UNKNOWN;
    return dialect === 'postgres' ? lower : value;
  },
});

export const inet = normalised(IP_V4);
export const cidr = normalised(NETWORK_V4);
export const macAddress = normalised(MAC_ADDRESS);
export const textSearch = normalised(/^$/);

/** Types of PostgreSQL that have one way to write a value; what is not surely written so only the database knows. */
function normalised(canonical: RegExp): TypeMaker {
  return (_, { dialect }) => ({
    fromInstance: (value) => {
      if (typeof value !== 'string') return UNKNOWN;
      if (dialect === 'postgres') return canonical.test(value) ? value : UNKNOWN;
      // SQLite has no such types, and makes numbers of what looks like one.
      return Number.isNaN(Number(value)) ? stored(value, dialect) : UNKNOWN;
    },
  });
}
