import { MASK } from '../../lib/record/redaction';
import { encodeValues } from '../../lib/record/values';
import { amount, printable } from '../output';

/** Of a value, so much is shown: the rest is for --json. */
export const SHOWN_OF_VALUE = 200;
const SHOWN_BYTES = 16;

/** A value that was too large to be kept as it was. */
interface Cut {
  readonly $audit: 'cut';
  readonly of?: string;
  readonly value?: unknown;
  readonly length?: number;
}

/** A value of a record as one line for a person, without any character that a terminal would obey. */
export function valueText(value: unknown, longest = SHOWN_OF_VALUE): string {
  if (value === MASK) return MASK;
  if (value === null || value === undefined) return 'null';
  if (typeof value === 'string') return quoted(value, longest);
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean')
    return String(value);
  if (Buffer.isBuffer(value)) return bytesText(value);
  if (value instanceof Date) return value.toString();
  if (isCut(value)) return cutText(value, longest);
  const { value: plain } = JSON.parse(encodeValues({ value })) as { value: unknown };
  const text = JSON.stringify(plain);
  return text.length <= longest
    ? printable(text)
    : `${printable(text.slice(0, longest))}… (${amount(text.length)} characters of JSON; --json shows all)`;
}

/** The name of an attribute, or the way to a place in its JSON: `details.sizes[2]`. */
export function pathText(path: readonly (string | number)[]): string {
  const [name, ...rest] = path;
  const steps = rest.map((step) =>
    typeof step === 'number'
      ? `[${step}]`
      : /^[\w$-]{1,100}$/.test(step)
        ? `.${step}`
        : `[${quoted(step, 100)}]`,
  );
  return printable(String(name).slice(0, SHOWN_OF_VALUE)) + steps.join('');
}

export function isCut(value: unknown): value is Cut {
  return (value as Partial<Cut> | null)?.$audit === 'cut';
}

/** What is known of a value that was cut. */
export function cutText({ of, value, length }: Cut, longest: number): string {
  const begin = typeof value === 'string' ? `${printable(value.slice(0, longest))}… ` : '';
  const size = length === undefined ? '' : `: ${amount(length)} ${of === 'buffer' ? 'bytes' : 'characters'}`;
  return `${begin}<too large to be kept${size}>`;
}

function quoted(text: string, longest: number): string {
  if (text.length <= longest) return printable(JSON.stringify(text));
  const begin = printable(JSON.stringify(text.slice(0, longest)).slice(0, -1));
  return `${begin}…" (${amount(text.length)} characters; --json shows all)`;
}

function bytesText(bytes: Buffer): string {
  const hex = bytes.subarray(0, SHOWN_BYTES).toString('hex');
  return `<${amount(bytes.length)} bytes: ${hex}${bytes.length > SHOWN_BYTES ? '…' : ''}>`;
}
