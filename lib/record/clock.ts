import { performance } from 'node:perf_hooks';

let offset = Date.now() - performance.now();
let second = -1;
let prefix = '';

/**
 * The wall clock in microseconds. `Date.now()` has milliseconds only and `performance.now()` does not
 * follow corrections of the system clock, so the second refines the first and is set anew when they part.
 */
export function nowMicroseconds(): number {
  const wall = Date.now();
  let fine = performance.now() + offset;
  if (fine < wall - 1 || fine >= wall + 2) {
    offset = wall - performance.now();
    fine = wall;
  }
  return Math.floor(fine * 1000);
}

/** `2026-11-23 08:00:00.123456+00:00`: always UTC, sorts as text, and every supported database reads it. */
export function formatTimestamp(microseconds: number): string {
  const seconds = Math.floor(microseconds / 1_000_000);
  if (seconds !== second) {
    second = seconds;
    prefix = new Date(seconds * 1000).toISOString().slice(0, 19).replace('T', ' ');
  }
  const fraction = microseconds - seconds * 1_000_000;
  return `${prefix}.${String(fraction).padStart(6, '0')}+00:00`;
}
