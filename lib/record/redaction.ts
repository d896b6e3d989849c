import { MAX_DEPTH } from './values';
import type { Values } from './values';

export const MASK = '[redacted]';

/**
 * Words that make an attribute a secret, in the singular. A name is split at case, underscores and digits, and
 * matches if its words contain one of these sequences, written together or apart: `passwordHash`, `reset_token`,
 * `apiKeys` and `apikey` do, `tokenizer` doesn't.
 */
const SECRETS = [
  'password', 'passwd', 'passphrase', 'passcode', 'pwd', 'secret', 'token', 'api key', 'private key', 'access key',
  'secret key', 'encryption key', 'signing key', 'credential', 'authorization', 'cookie', 'session id', 'otp', 'totp',
  'mfa', 'cvv', 'cvc', 'card number', 'credit card', 'ssn', 'salt',
] as const; // prettier-ignore

const PATTERN = new RegExp(`(?:^| )(?:${SECRETS.join('|').replaceAll(' ', ' ?')})s?(?: |$)`);

/** Names that were looked at; those in JSON come again with every row. */
const known = new Map<string, boolean>();
const MAX_KNOWN = 1000;
/** Longer ones are the users' own, and would fill the memory. */
const MAX_KNOWN_LENGTH = 100;

export function isSecretName(name: string): boolean {
  if (name.length > MAX_KNOWN_LENGTH) return looksSecret(name);
  let isSecret = known.get(name);
  if (isSecret === undefined) {
    isSecret = looksSecret(name);
    if (known.size >= MAX_KNOWN) known.clear();
    known.set(name, isSecret);
  }
  return isSecret;
}

function looksSecret(name: string): boolean {
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1 $2')
    .replace(/[^A-Za-z]+/g, ' ')
    .toLowerCase();
  return PATTERN.test(words);
}

/** A masked value still tells whether there was one. */
export function mask(value: unknown): unknown {
  return value === null || value === undefined ? value : MASK;
}

/** Masks secrets inside JSON; the very same object if there are none. */
export function maskWithin(value: unknown): unknown {
  return maskNested(value, new Map(), 0);
}

/** `seen` keeps the work small where objects share or hold each other: what they became, once that is known. */
function maskNested(value: unknown, seen: Map<object, unknown>, depth: number): unknown {
  if (!isPlain(value)) return value;
  if (seen.has(value)) return seen.get(value);
  // No deeper part is recorded, so it need not be looked through.
  if (depth > MAX_DEPTH) return { $audit: 'cut', value: 'nested too deeply' };
  seen.set(value, { $audit: 'circular' });
  const masked = Array.isArray(value)
    ? maskedItems(value, (item) => maskNested(item, seen, depth + 1))
    : maskedAttributes(value, (item) => maskNested(item, seen, depth + 1));
  seen.set(value, masked);
  return masked;
}

function maskedItems(list: unknown[], maskItem: (item: unknown) => unknown): unknown[] {
  const items = list.map(maskItem);
  return items.some((item, index) => !Object.is(item, list[index])) ? items : list;
}

function maskedAttributes(object: Values, maskItem: (item: unknown) => unknown): Values {
  let copy: Values | undefined;
  for (const [key, item] of Object.entries(object)) {
    const masked = isSecretName(key) ? mask(item) : maskItem(item);
    if (Object.is(masked, item)) continue;
    copy ??= { ...object };
    copy[key] = masked;
  }
  return copy ?? object;
}

/** A list, or an object of no class. */
function isPlain(value: unknown): value is Values | unknown[] {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return Array.isArray(value) || prototype === Object.prototype || prototype === null;
}

/** Who logs in by a URL, as in `http://user:pass@host/`: what is before its authority's last `@`. */
const CREDENTIALS = /^([a-z][a-z\d+.-]*:)?\/\/[^/?#]*@/i;

/** A query string's secrets, as in `/reset?token=…`, and the credentials of a whole URL. */
export function maskUrl(url: string): string {
  return url
    .replace(CREDENTIALS, (_, scheme: string | undefined) => `${scheme ?? ''}//${MASK}@`)
    .replace(/([?&;])([^=&;#]+)=([^&;#]*)/g, (whole, separator: string, name: string) =>
      isSecretName(safeDecode(name)) ? `${separator}${name}=${MASK}` : whole,
    );
}

function safeDecode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
