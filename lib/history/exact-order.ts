const DECIMAL = /^(-?)(\d+)(?:\.(\d+))?$/;

/**
 * Which of two numbers comes first: negative, zero or positive; NaN where one of them is none. Whole numbers and
 * decimals are compared in all their digits, of which a double has no more than sixteen.
 */
export function exactOrder(a: unknown, b: unknown): number {
  const [left, right] = [DECIMAL.exec(String(a)), DECIMAL.exec(String(b))];
  if (!left || !right) return Number(a) - Number(b);
  const scale = Math.max(left[3]?.length ?? 0, right[3]?.length ?? 0);
  const difference = scaled(left, scale) - scaled(right, scale);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

function scaled([, sign = '', whole = '', fraction = '']: RegExpExecArray, scale: number): bigint {
  return BigInt(`${sign}${whole}${fraction.padEnd(scale, '0')}`);
}
