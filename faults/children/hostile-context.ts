import type { AuditContext } from '../../lib';
import type { Random } from '../../spec/support/random/prng';

/** Not even all of these together may keep a record from the table, or harm the ones beside it. */
const TEXTS = [
  "'); DROP TABLE audits; --",
  '\\.\n\\N\t\\x00',
  'nothing:\u0000, and after it',
  'half of a pair: \ud83d',
  '\udfff the other half',
  Array.from({ length: 32 }, (_, code) => String.fromCharCode(code)).join(''),
  '\u2028\u2029\ufeff\u202e',
  '{"$audit":"cut"}',
  '${7*7} {{7*7}} %s %n $1 ?',
];
const KEYS = ['__proto__', 'constructor', 'toString', '$audit', '', "'", '\u0000', '\ud800'];
const LARGE = 10 * 1024 * 1024;

export function hostileContext(random: Random): AuditContext {
  const text = (): string => random.pick(TEXTS);
  const extra = Object.fromEntries(KEYS.map((key) => [key, text()]));
  if (random.chance(0.005)) extra['large'] = text().repeat(LARGE / 20);
  return {
    user: { type: text(), id: text() },
    url: `/items?q=${text()}`,
    ipAddress: text(),
    userAgent: text(),
    requestId: text(),
    tags: [text(), text()],
    reason: text(),
    extra,
  };
}
