const whole = new Intl.NumberFormat('en-GB');
const rough = new Intl.NumberFormat('en-GB', { maximumSignificantDigits: 3 });
const UNITS = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB'];

/** A count with separators between thousands. */
export function count(value: number): string {
  return whole.format(value);
}

/** A count with its noun: `1 change`, `2 changes`. */
export function counted(value: number, noun: string, plural = `${noun}s`): string {
  return `${count(value)} ${value === 1 ? noun : plural}`;
}

/** A rate or share, to three digits. */
export function roughly(value: number): string {
  return rough.format(value);
}

/** A size in bytes with a fitting unit. */
export function byteSize(bytes: number): string {
  if (bytes === 1) return '1 byte';
  let unit = 0;
  let size = bytes;
  while (size >= 1024 && unit < UNITS.length - 1) {
    size /= 1024;
    unit += 1;
  }
  return `${unit === 0 ? count(size) : rough.format(size)} ${UNITS[unit] ?? ''}`;
}
