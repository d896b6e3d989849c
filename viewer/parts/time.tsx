import { usePreferences } from '../preferences/preferences';
import { clockTime, fullTime, longTime, shortTime } from '../time/words';
import type { Writing } from '../time/words';

type Form = 'short' | 'long' | 'clock' | 'seconds';

interface Props {
  readonly iso: string;
  readonly form?: Form;
  /** Inside a link or button, which take the focus themselves. */
  readonly plain?: boolean;
}

/** A time as the reader wants it; on hover and focus the exact one, with microseconds and in UTC. */
export function Time({ iso, form = 'short', plain = false }: Props) {
  const { now, writing } = usePreferences();
  const full = fullTime(iso, writing);
  return (
    <time class="time" dateTime={iso} title={full} data-exact={full} {...(plain ? {} : { tabIndex: 0 })}>
      {written(iso, form, now, writing)}
    </time>
  );
}

function written(iso: string, form: Form, now: number, writing: Writing): string {
  switch (form) {
    case 'short':
      return shortTime(iso, now, writing);
    case 'long':
      return longTime(iso, writing);
    case 'clock':
      return clockTime(iso, writing);
    case 'seconds':
      return clockTime(iso, writing, true);
  }
}
