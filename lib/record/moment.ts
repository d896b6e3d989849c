import { AuditError } from '../errors';

/**
 * A point in time, as callers give it: a Date, milliseconds since 1970, or ISO 8601 text; without a zone a time there
 * is that of this computer, a day alone begins in UTC. What is finer than a millisecond is cut off.
 */
export type Moment = Date | number | string;

/** What `Date` reads besides is guesswork: "order 5" would be May 2001. */
const ISO = /^(\d{4})-(\d\d)(?:-(\d\d)(?:[T ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?(?:Z|[+-]\d\d(?::?\d\d)?)?)?)?$/i;
/** Databases know no other years; one of five digits is microseconds taken for milliseconds. */
const FIRST = Date.UTC(1000, 0);
const END = Date.UTC(10_000, 0);

/** Throws AUDIT_QUERY for what is no point in time, or none of the years 1000 to 9999; `what` says whose it was. */
export function dateOf(moment: Moment, what: string): Date {
  const time = timeOf(moment);
  if (time >= FIRST && time < END) return new Date(time);
  throw new AuditError(
    'AUDIT_QUERY',
    `${what} must be a date of the years 1000 to 9999, such as new Date() or "2026-03-01T10:00:00Z"; got ${shown(moment)}.`,
  );
}

/** NaN for what is none. */
function timeOf(moment: unknown): number {
  if (moment instanceof Date) return moment.getTime();
  if (typeof moment === 'number') return moment;
  return typeof moment === 'string' && isCalendarDay(moment)
    ? Date.parse(moment.replace(',', '.'))
    : Number.NaN;
}

/** `Date` makes 3 March of 31 February. */
function isCalendarDay(text: string): boolean {
  const [, year, month, day = '01'] = ISO.exec(text) ?? [];
  return new Date(Date.UTC(Number(year), Number(month) - 1, Number(day))).getUTCDate() === Number(day);
}

function shown(value: unknown): string {
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'an invalid Date' : value.toISOString();
  if (typeof value === 'object' && value !== null) return 'an object';
  return typeof value === 'string' ? JSON.stringify(value.slice(0, 100)) : String(value);
}
