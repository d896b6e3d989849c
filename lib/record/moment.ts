import { AuditError } from '../errors';

/** A point in time, as callers give it: a Date, milliseconds since 1970, or text that `Date` reads (ISO 8601). */
export type Moment = Date | number | string;

/** Throws AUDIT_QUERY for what is no point in time; `what` says whose it was. */
export function dateOf(moment: Moment, what: string): Date {
  const date = new Date(moment);
  const isGiven = typeof moment === 'string' || typeof moment === 'number' || moment instanceof Date;
  if (isGiven && !Number.isNaN(date.getTime())) return date;
  throw new AuditError(
    'AUDIT_QUERY',
    `${what} must be a date, such as new Date() or "2026-03-01T10:00:00Z"; got ${shown(moment)}.`,
  );
}

function shown(value: unknown): string {
  if (value instanceof Date) return 'an invalid Date';
  return typeof value === 'string' ? JSON.stringify(value.slice(0, 100)) : String(value);
}
