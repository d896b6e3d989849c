/**
 * An instant with six digits of a second, in UTC: `2026-11-24T03:44:38.123000Z`. From what the servers hold:
 * ISO 8601, SQLite's `2026-11-24 03:44:38.123 +00:00`, PostgreSQL's `2026-11-24 03:44:38.123+00`, `infinity`.
 */
export function plainInstant(text: string): string {
  if (/^-?infinity$/i.test(text)) return text.toLowerCase();
  const parts =
    /^(\d{4,6})-(\d\d)-(\d\d)[T ](\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?\s*(Z|[+-]\d\d(?::?\d\d)?)?$/.exec(text);
  if (!parts) throw new Error(`not an instant: "${text}"`);
  const [, year = '', month, day, time, fraction = '', zone = 'Z'] = parts;
  const years = year.length > 4 ? `+${year.padStart(6, '0')}` : year;
  const offset = zone === 'Z' ? zone : zone.length === 3 ? `${zone}:00` : zone.replace(/^(...):?/, '$1:');
  const seconds = new Date(`${years}-${month}-${day}T${time}${offset}`).toISOString();
  return seconds.replace(/\.000Z$/, `.${fraction.padEnd(6, '0')}Z`);
}

/** The same of the trail's form: milliseconds always, microseconds where they are not zero. */
export function trailInstant(value: unknown): string {
  const isForm =
    typeof value === 'string' &&
    (/^[+\d-]+T\d\d:\d\d:\d\d\.\d{3}(?!000Z)(\d{3})?Z$/.test(value) || /^-?infinity$/i.test(value));
  if (!isForm) throw new Error(`should be an ISO string in UTC, is ${typeof value} ${JSON.stringify(value)}`);
  return plainInstant(value.replace(/^\+0?/, ''));
}

/** What the trail holds of an instant. */
export function instantInTrail(plain: string): string {
  return plain.replace(/000Z$/, 'Z');
}

/** A time of day without superfluous zeros. */
export function plainTime(text: string): string {
  return text.replace(/(\.\d*?)0+$/, '$1').replace(/\.$/, '');
}
