import { withoutPasswords } from '../server-urls';

/** A document as JSON has it, with passwords hidden in each of its texts. */
export function withoutPasswordsIn(document: unknown): unknown {
  const hidden = (_key: string, value: unknown): unknown =>
    typeof value === 'string' ? withoutPasswords(value) : value;
  return JSON.parse(JSON.stringify(document, hidden)) as unknown;
}
