import type { AttributeType } from '../../adapter/model';
import { asChar, exactNumber, UNKNOWN } from './value-type';
import type { Particulars, TypeMaker } from './value-type';

const DECIMAL = /^(-?)0*(\d+)(?:\.(\d+))?$/;
const EXPONENT = /^(-?)(\d)(?:\.(\d+))?e([+-]\d+)$/;
const INT64 = 2n ** 63n;
/** Decimals of so many digits pass through a double unchanged. */
const SURE_DIGITS = 15;

/** DECIMAL and NUMERIC: a plain decimal in a string, as the database holds it; of equal worth are equal. */
export const decimal: TypeMaker = (type, { dialect }) =>
  dialect === 'sqlite' ? numeric(scaleOf(type)) : fixed(scaleOf(type), dialect === 'mysql');

/** PostgreSQL without precision keeps the digits that it is given; MySQL and MariaDB then have none behind the point. */
function fixed(declared: number | undefined, isMysql: boolean): Particulars {
  const scale = declared ?? (isMysql ? 0 : undefined);
  return {
    // The mariadb driver gives numbers.
    read: isMysql ? asChar : undefined,
    fromDatabase: (raw) => (typeof raw === 'number' ? written(raw) : raw),
    fromInstance: (value) => {
      const parts = partsOf(value);
      if (!parts || (scale !== undefined && parts.fraction.length > scale)) return UNKNOWN;
      // A number of the mariadb driver may have been rounded already.
      if (isMysql && typeof value === 'number' && lengthOf(parts) > SURE_DIGITS) return UNKNOWN;
      return join(parts, scale === undefined ? parts.fraction : parts.fraction.padEnd(scale, '0'));
    },
    equal: isEqualDecimal,
  };
}

/** SQLite keeps integers of 64 bits and doubles, of any scale; a declared one is only how it is shown. */
function numeric(scale = 0): Particulars {
  const shown = (text: string): string => {
    const parts = partsOf(text);
    return parts ? join(parts, parts.fraction.replace(/0+$/, '').padEnd(scale, '0')) : text;
  };
  return {
    read: exactNumber,
    fromDatabase: (raw) => {
      if (typeof raw === 'number' && Number.isFinite(raw)) return shown(written(raw));
      return typeof raw === 'string' ? shown(raw) : raw;
    },
    fromInstance: (value) => {
      const parts = partsOf(value);
      if (!parts) return UNKNOWN;
      const isExact = /^0*$/.test(parts.fraction)
        ? isExactInteger(value, parts.whole)
        : typeof value === 'number' || lengthOf(parts) <= SURE_DIGITS;
      return isExact ? shown(textOf(value)) : UNKNOWN;
    },
    equal: isEqualDecimal,
  };
}

function isExactInteger(value: unknown, whole: string): boolean {
  if (typeof value === 'number') return Number.isSafeInteger(value);
  return whole.length <= 18 || (BigInt(whole) < INT64 && /^-?\d+$/.test(String(value)));
}

/** DECIMAL(10) has none behind the point; Sequelize writes DECIMAL({ scale: 2 }) as DECIMAL(2). */
function scaleOf({ _precision, _scale }: AttributeType): number | undefined {
  if (_precision) return _scale ?? 0;
  return _scale ? 0 : undefined;
}

interface Parts {
  readonly sign: string;
  readonly whole: string;
  readonly fraction: string;
}

function partsOf(value: unknown): Parts | undefined {
  const match = DECIMAL.exec(textOf(value));
  return match ? { sign: match[1] ?? '', whole: match[2] ?? '', fraction: match[3] ?? '' } : undefined;
}

/** Objects of libraries for decimals are stored as their text. */
function textOf(value: unknown): string {
  return typeof value === 'number' ? written(value) : String(value);
}

function lengthOf({ whole, fraction }: Parts): number {
  return whole.length + fraction.length;
}

function join({ sign, whole }: Parts, fraction: string): string {
  const isZero = sign !== '' && whole === '0' && /^0*$/.test(fraction);
  return `${isZero ? '' : sign}${whole}${fraction && '.'}${fraction}`;
}

/** The shortest digits of a number, without an exponent. */
function written(number: number): string {
  const text = String(number);
  const match = EXPONENT.exec(text);
  if (!match) return text;
  const [, sign = '', first = '', rest = '', exponent = ''] = match;
  const shift = Number(exponent);
  return shift < 0
    ? `${sign}0.${'0'.repeat(-shift - 1)}${first}${rest}`
    : `${sign}${first}${rest.padEnd(shift, '0')}`;
}

function isEqualDecimal(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  // Of the same scale, and no text has zeros in front.
  if (
    typeof a === 'string' &&
    typeof b === 'string' &&
    a.length === b.length &&
    a.indexOf('.') === b.indexOf('.')
  )
    return false;
  const [left, right] = [partsOf(a), partsOf(b)];
  if (!left || !right) return String(a) === String(b);
  return significant(left) === significant(right);
}

function significant(parts: Parts): string {
  return join(parts, parts.fraction.replace(/0+$/, ''));
}
