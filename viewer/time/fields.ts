import type { Zone } from './instant';

/** What a `datetime-local` field shows for an ISO time, in the reader's zone; empty if it is none. */
export function fieldOf(iso: string, zone: Zone): string {
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) return '';
  if (zone === 'utc') return trimmed(date.toISOString().slice(0, 19));
  const shifted = new Date(date.getTime() - date.getTimezoneOffset() * 60_000);
  return trimmed(shifted.toISOString().slice(0, 19));
}

/** The ISO time of a `datetime-local` field; empty if it holds none. Where the clock is set back, the first of both. */
export function isoOf(field: string, zone: Zone): string {
  if (field === '') return '';
  const date = new Date(zone === 'utc' ? `${field}Z` : field);
  return Number.isNaN(date.getTime()) ? '' : date.toISOString();
}

function trimmed(text: string): string {
  return text.replace(/:00$/, '');
}
