import { infinity } from './dates';
import { UNKNOWN } from './value-type';
import type { TypeMaker } from './value-type';

const DAY = /^(?!0000)\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])$/;
const TIME = /^(-?\d{2,3}:\d\d)(?::(\d\d)(?:\.(\d+))?)?$/;
const TIME_OF_DAY = /^(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,6})?)?$/;

/** DATEONLY: `YYYY-MM-DD`; PostgreSQL also has `infinity`. */
export const day: TypeMaker = (_, { dialect }) => ({
  fromDatabase: (raw) => infinity(raw) ?? raw,
  fromInstance: (value) => {
    if (typeof value === 'string' && DAY.test(value) && exists(value)) return value;
    return (dialect === 'postgres' && infinity(value)) || UNKNOWN;
  },
});

/** TIME: `HH:MM:SS`, with a fraction where it is not zero, which TIME of MySQL and MariaDB has no room for. */
export const time: TypeMaker = (_, { dialect }) => ({
  fromDatabase: (raw) => (typeof raw === 'string' ? normalTime(raw) : raw),
  fromInstance: (value) => {
    if (typeof value !== 'string' || !TIME_OF_DAY.test(value)) return UNKNOWN;
    const normal = normalTime(value);
    return dialect === 'mysql' && normal.includes('.') ? UNKNOWN : normal;
  },
});

function exists(value: string): boolean {
  const ofMonth = Number(value.slice(8));
  return ofMonth < 29 || new Date(value).getUTCDate() === ofMonth;
}

function normalTime(value: string): string {
  const match = TIME.exec(value);
  if (!match) return value;
  const [, start = '', second = '00', fraction = ''] = match;
  const digits = fraction.replace(/0+$/, '');
  return `${start}:${second}${digits && '.'}${digits}`;
}
