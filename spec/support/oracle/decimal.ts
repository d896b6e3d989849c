/**
 * A decimal number in its one plain form: no exponent, no superfluous zeros, no negative zero. Exact, as no
 * JavaScript number is made of it. Throws for what is no number.
 */
export function plainDecimal(text: string): string {
  const parts = /^([+-]?)(\d*)(?:\.(\d*))?(?:e([+-]?\d+))?$/i.exec(text.trim());
  if (!parts || !(parts[2] || parts[3])) {
    if (/^-?(nan|inf|infinity)$/i.test(text.trim())) return text.trim().toLowerCase();
    throw new Error(`not a decimal number: "${text}"`);
  }
  const [, sign, whole = '', fraction = '', exponent = '0'] = parts;
  const digits = whole + fraction;
  const point = whole.length + Number(exponent);
  const padded = point < 0 ? '0'.repeat(-point) + digits : digits.padEnd(point, '0');
  const at = Math.max(point, 0);
  const integer = padded.slice(0, at).replace(/^0+/, '') || '0';
  const rest = padded.slice(at).replace(/0+$/, '');
  const plain = rest ? `${integer}.${rest}` : integer;
  return sign === '-' && plain !== '0' ? `-${plain}` : plain;
}
