import { median, medianInterval } from './statistics';

/** `12,345`. */
export function amount(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

export function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(0);
}

/** The median, and where the true one lies: `1.02 (1.01–1.04)`. */
export function ratioCell(values: readonly number[]): string {
  const [low, high] = medianInterval(values);
  return `${median(values).toFixed(2)} (${low.toFixed(2)}–${high.toFixed(2)})`;
}
