import { exactUtc, timeZoneOf } from './instant';
import type { Zone } from './instant';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** How times are written. The page is in English, so the reader's language counts only where it is a kind of English. */
export interface Writing {
  readonly zone: Zone;
  readonly locale: string;
}

/** Of the reader's languages the first that is English, else British. */
export function englishOf(languages: readonly string[]): string {
  return languages.find((language) => /^en-/i.test(language)) ?? 'en-GB';
}

/** A time in short: `just now`, `5 minutes ago`, `14:03`, `yesterday, 14:03`, `3 May, 14:03`, `3 May 2024, 14:03`. */
export function shortTime(iso: string, now: number, writing: Writing): string {
  const time = Date.parse(iso);
  if (Number.isNaN(time)) return iso;
  const age = now - time;
  // The server's clock may be a little ahead, and so is what has come since the page looked at its own.
  if (age > -MINUTE && age < MINUTE) return 'just now';
  if (age >= 0 && age < HOUR) return minutesAgo(Math.floor(age / MINUTE));
  const clock = clockTime(iso, writing);
  const days = dayKey(iso, writing.zone);
  if (days === dayKey(new Date(now).toISOString(), writing.zone)) return `today, ${clock}`;
  if (days === dayKey(new Date(now - 24 * HOUR).toISOString(), writing.zone)) return `yesterday, ${clock}`;
  const sameYear = days.slice(0, 4) === dayKey(new Date(now).toISOString(), writing.zone).slice(0, 4);
  const date = format(time, writing, {
    day: 'numeric',
    month: 'short',
    ...(sameYear ? {} : { year: 'numeric' }),
  });
  return `${date}, ${clock}`;
}

/** Hours and minutes, and seconds if wanted. */
export function clockTime(iso: string, writing: Writing, seconds = false): string {
  const time = Date.parse(iso);
  if (Number.isNaN(time)) return iso;
  return format(time, writing, {
    hour: '2-digit',
    minute: '2-digit',
    ...(seconds ? { second: '2-digit' } : {}),
  });
}

/** Date and time to the second, with the zone. */
export function longTime(iso: string, writing: Writing): string {
  const time = Date.parse(iso);
  if (Number.isNaN(time)) return iso;
  return format(time, writing, {
    weekday: 'short',
    day: 'numeric',
    month: 'long',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    timeZoneName: 'short',
  });
}

/** What the short form leaves out, for the tooltip: the reader's time to the second, and the exact one in UTC. */
export function fullTime(iso: string, writing: Writing): string {
  const exact = exactUtc(iso);
  return writing.zone === 'utc' || exact === iso ? exact : `${longTime(iso, writing)} · ${exact}`;
}

/** A day in words: `Today`, `Yesterday`, `Sunday, 3 May 2026`. */
export function dayName(key: string, now: number, writing: Writing): string {
  const iso = new Date(now).toISOString();
  if (key === dayKey(iso, writing.zone)) return 'Today';
  if (key === dayKey(new Date(now - 24 * HOUR).toISOString(), writing.zone)) return 'Yesterday';
  const options = { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' } as const;
  return format(Date.parse(`${key}T12:00:00Z`), { ...writing, zone: 'utc' }, options);
}

/** The calendar day of a time in the zone, `2026-05-03`. */
export function dayKey(iso: string, zone: Zone): string {
  const time = Date.parse(iso);
  if (Number.isNaN(time)) return '';
  return format(time, { zone, locale: 'en-CA' }, { year: 'numeric', month: '2-digit', day: '2-digit' });
}

/** How long something has lasted: `45 s`, `3 min 20 s`, `2 h 5 min`, `3 days`. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  if (whole < 48 * 3600) return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
  return `${Math.floor(whole / 86_400)} days`;
}

function minutesAgo(count: number): string {
  return count === 1 ? '1 minute ago' : `${count} minutes ago`;
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** Making a format takes longer than using it, and a page has hundreds of times. */
function format(time: number, { zone, locale }: Writing, options: Intl.DateTimeFormatOptions): string {
  const key = JSON.stringify([zone, locale, options]);
  let known = formats.get(key);
  if (!known) {
    known = new Intl.DateTimeFormat(locale, { ...options, timeZone: timeZoneOf(zone) });
    formats.set(key, known);
  }
  return known.format(time);
}
