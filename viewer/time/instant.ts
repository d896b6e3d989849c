/** The reader's choice: their own zone, or UTC. */
export type Zone = 'local' | 'utc';

const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d/;

/** Milliseconds since 1970 of an ISO text, to the microsecond where it says so; NaN if it is none. */
export function millisOf(iso: string): number {
  if (!ISO.test(iso)) return Number.NaN;
  return Date.parse(iso) + Number(`0.${fractionOf(iso).slice(3) || '0'}`);
}

/** The time with all its digits in UTC, `2026-05-03 12:00:00.123456 UTC`: what can be cited. */
export function exactUtc(iso: string): string {
  const time = Date.parse(iso);
  if (Number.isNaN(time)) return iso;
  const seconds = new Date(time).toISOString().slice(0, 19).replace('T', ' ');
  const fraction = fractionOf(iso);
  return `${seconds}${fraction && `.${fraction}`} UTC`;
}

function fractionOf(iso: string): string {
  return /:\d\d[.,](\d+)/.exec(iso)?.[1] ?? '';
}

/** For `Intl`: undefined is the zone of the browser. */
export function timeZoneOf(zone: Zone): string | undefined {
  return zone === 'utc' ? 'UTC' : undefined;
}
