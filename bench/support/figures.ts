import { median, medianInterval } from './statistics';

/** How figures are written in tables. */
export function amount(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

/** The median of ratios, with the interval in which it lies. */
export function ratioCell(values: readonly number[]): string {
  const [low, high] = medianInterval(values);
  return `${median(values).toFixed(2)} (${low.toFixed(2)}–${high.toFixed(2)})`;
}
