import type { Values } from '../record/values';

export const MASK = '[redacted]';

/**
 * Words that make an attribute a secret. A name is split at case, underscores and digits, and matches if
 * its words contain one of these sequences: `passwordHash`, `reset_token` and `apiKey` do, `tokenizer` doesn't.
 */
const SECRETS = [
  'password', 'passwd', 'passphrase', 'passcode', 'pwd', 'secret', 'secrets', 'token', 'tokens', 'apikey', 'api key',
  'private key', 'access key', 'secret key', 'encryption key', 'signing key', 'credential', 'credentials',
  'authorization', 'cookie', 'session id', 'otp', 'totp', 'mfa', 'cvv', 'cvc', 'card number', 'credit card', 'ssn', 'salt',
] as const; // prettier-ignore

const PATTERN = new RegExp(`(?:^| )(?:${SECRETS.join('|')})(?: |$)`);

export function isSecretName(name: string): boolean {
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
export function maskWithin(value: unknown, depth = 0): unknown {
  if (typeof value !== 'object' || value === null || depth > 20) return value;
  if (Array.isArray(value)) {
    const items: unknown[] = value.map((item) => maskWithin(item, depth + 1));
    return items.some((item, index) => item !== value[index]) ? items : value;
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return value;
  let copy: Values | undefined;
  for (const [key, item] of Object.entries(value)) {
    const masked = isSecretName(key) ? mask(item) : maskWithin(item, depth + 1);
    if (masked === item) continue;
    copy ??= { ...value };
    copy[key] = masked;
  }
  return copy ?? value;
}

/** A query string's secrets, as in `/reset?token=…`. */
export function maskUrl(url: string): string {
  return url.replace(/([?&;])([^=&;#]+)=([^&;#]*)/g, (whole, separator: string, name: string) =>
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
