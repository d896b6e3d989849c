import { InvalidArgumentError } from 'commander';
import ms from 'ms';

import { nearest } from '../lib/known-names';

const WORDS = ['now', 'today', 'yesterday'];
const DATE = /^(\d{4})-(\d{2})-(\d{2})$/;
const TIME = /^\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:?\d{2})?$/;
const UNDERSTOOD =
  'Understood are dates (2026-01-31, 2026-01-31T12:00, 2026-01-31T12:00:00Z; local time where no zone is given), ' +
  'how long ago (30m, 2h, "3 days ago"), now, today, yesterday.';

/** A moment of the past, as an option of the command line gives it. For commander: throws InvalidArgumentError. */
export function parseMoment(text: string): Date {
  const given = text.trim();
  const moment = byWord(given.toLowerCase()) ?? byCalendar(given) ?? byDuration(given);
  if (moment) return moment;
  const word = nearest(given, WORDS);
  throw new InvalidArgumentError(`${UNDERSTOOD}${word ? ` Did you mean "${word}"?` : ''}`);
}

function byWord(word: string): Date | undefined {
  if (!WORDS.includes(word)) return undefined;
  const moment = new Date();
  if (word === 'now') return moment;
  moment.setHours(0, 0, 0, 0);
  if (word === 'yesterday') moment.setDate(moment.getDate() - 1);
  return moment;
}

function byCalendar(text: string): Date | undefined {
  const [day = '', time] = text.split(/[T ]/i, 2);
  const [, year, month, date] = DATE.exec(day) ?? [];
  if (year === undefined) return undefined;
  const midnight = new Date(Number(year), Number(month) - 1, Number(date));
  // The 31st of February would be a day of March.
  if (midnight.getMonth() !== Number(month) - 1 || midnight.getDate() !== Number(date)) return undefined;
  if (time === undefined) return midnight;
  const clock = text.slice(day.length + 1).toUpperCase();
  const moment = new Date(`${day}T${clock}`);
  return TIME.test(clock) && !Number.isNaN(moment.getTime()) ? moment : undefined;
}

function byDuration(text: string): Date | undefined {
  const duration = text.replace(/\s+ago$/i, '');
  // A number alone would be milliseconds, which nobody means.
  if (!/^\d*\.?\d+\s*[a-z]+$/i.test(duration)) return undefined;
  const milliseconds = ms(duration as ms.StringValue) as number | undefined;
  const moment = new Date(Date.now() - (milliseconds ?? NaN));
  return Number.isNaN(moment.getTime()) ? undefined : moment;
}
