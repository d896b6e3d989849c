import ms from 'ms';

/** A moment as all who read it agree on it. */
export function time(date: Date | null): string {
  return date?.toISOString() ?? 'never';
}

/** How long ago something was: "2 minutes". */
export function age(date: Date, now: number = Date.now()): string {
  return ms(Math.max(0, now - date.getTime()), { long: true });
}
