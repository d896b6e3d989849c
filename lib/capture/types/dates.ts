import { asChar, asText, UNKNOWN } from './value-type';
import type { Dialect, TypeMaker } from './value-type';
import { offsetOf, zoneOf } from './timezone';
import type { Zone } from './timezone';

const TIMESTAMP =
  /^(\d{4,6})-(\d\d)-(\d\d)[ T](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,6}))?)? ?(Z|[+-]\d\d(?::?\d\d){0,2})?$/;
const UTC = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?\+00$/;
/** What every reader of dates understands alike: with an offset, and no finer than milliseconds. */
const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?(?:Z|[+-]\d\d:\d\d)$/;
/** Years of four digits; Sequelize writes others in ways that databases refuse, or misread. */
const FIRST = Date.parse('0001-01-01T00:00:00Z');
const LAST = Date.parse('9999-12-31T23:59:59.999Z');
const SECOND = 1000;

/** DATE: ISO 8601 in UTC with milliseconds, and with microseconds where they are not zero; PostgreSQL also has `infinity`. */
export const date: TypeMaker = ({ _length }, { dialect, timezone }) => {
  const zone = zoneOf(timezone);
  const keep = precision(dialect, Number(_length) || 0, zone);
  const isoOf = rememberingLast((instant: number) => new Date(instant).toISOString());
  const remembered = rememberingLast(
    (raw: string) => (dialect === 'postgres' && inUtc(raw)) || parsed(raw, zone),
  );
  return {
    // The parsers of drivers and Sequelize drop microseconds, and take year 50 for 1950.
    read: dialect === 'postgres' ? asText : dialect === 'mysql' ? asChar : undefined,
    fromDatabase: (raw) => {
      if (typeof raw === 'string') return remembered(raw) ?? raw;
      return raw instanceof Date ? raw.toISOString() : (infinity(raw) ?? raw);
    },
    fromInstance: (value) => {
      const instant = instantOf(value, dialect);
      if (instant === undefined) return (dialect === 'postgres' && infinity(value)) || UNKNOWN;
      if (!(instant >= FIRST && instant <= LAST && zone.isCertain(instant))) return UNKNOWN;
      const kept = keep(instant);
      return kept === undefined ? UNKNOWN : isoOf(kept);
    },
  };
};

/** PostgreSQL's `infinity`, which Sequelize takes for a number. */
export function infinity(value: unknown): string | undefined {
  if (value === Infinity) return 'infinity';
  return value === -Infinity ? '-infinity' : undefined;
}

/**
 * What a column keeps of an instant in milliseconds. DATE of MySQL and MariaDB has whole seconds, and
 * DATE(1), (2) parts of it: the dialect mysql and the server MariaDB cut off the rest. What they keep has no
 * offset.
 */
function precision(dialect: Dialect, length: number, zone: Zone): (instant: number) => number | undefined {
  if (dialect !== 'mysql') return (instant) => instant;
  const unit = 10 ** (3 - Math.min(length, 3));
  return (instant) => {
    const kept = Math.floor(instant / unit) * unit;
    // MySQL rounds to parts of a second.
    if (kept !== instant && unit < SECOND) return undefined;
    return zone.normalise(kept);
  };
}

function instantOf(value: unknown, dialect: Dialect): number | undefined {
  if (value instanceof Date) return value.getTime();
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  if (typeof value === 'string') return ISO.test(value) ? Date.parse(value) : undefined;
  // One of moment; MySQL and MariaDB get it in its own zone, not that of Sequelize.
  const isMoment = typeof (value as { toISOString?: unknown }).toISOString === 'function';
  return isMoment && dialect !== 'mysql' ? Number(value) : undefined;
}

/** Rows that were written together have the same time. */
function rememberingLast<Raw, T>(work: (raw: Raw) => T): (raw: Raw) => T {
  let last: { readonly raw: Raw; readonly result: T } | undefined;
  return (raw) => (last?.raw === raw ? last : (last = { raw, result: work(raw) })).result;
}

/** PostgreSQL's text where the session is in UTC, as Sequelize has it by default: only the form is another. */
function inUtc(raw: string): string | undefined {
  const match = UTC.exec(raw);
  if (!match) return undefined;
  const [, day, time, fraction = ''] = match;
  const micros = fraction.padEnd(6, '0');
  return `${day}T${time}.${micros.endsWith('000') ? micros.slice(0, 3) : micros}Z`;
}

/** What databases write, and SQLite's text of any writer; without an offset it is in Sequelize's timezone. */
function parsed(raw: string, zone: Zone): string | undefined {
  const match = TIMESTAMP.exec(raw);
  if (!match) return undefined;
  const [, year, month, day, hour, minute, second = '0', fraction = '', offset] = match;
  const micros = fraction.padEnd(6, '0');
  const wall = new Date(0);
  wall.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  // MySQL's zero date is none.
  if (wall.getUTCMonth() !== Number(month) - 1 || wall.getUTCDate() !== Number(day)) return undefined;
  wall.setUTCHours(Number(hour), Number(minute), Number(second), Number(micros.slice(0, 3)));
  const time = wall.getTime();
  const instant = offset === undefined ? zone.toInstant(time) : time - offsetOf(offset);
  const iso = new Date(instant).toISOString();
  return micros.endsWith('000') ? iso : `${iso.slice(0, -1)}${micros.slice(3)}Z`;
}
