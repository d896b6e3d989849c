import { AuditError } from '../errors';
import { suggestion } from '../known-names';

/** The body of a POST: what is to be done. */
export type Order = Readonly<Record<string, unknown>>;

const LONGEST = 1024;
const LONGEST_REASON = 1000;

/** An object of known names. Throws AUDIT_QUERY. */
export function orderOf(body: unknown, names: readonly string[]): Order {
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw wrongOrder('it must be an object');
  const unknown = Object.keys(body).find((name) => !names.includes(name));
  if (unknown === undefined) return body as Order;
  const hint = suggestion(unknown, names).replace(/\.$/, '');
  throw wrongOrder(`there is no ${JSON.stringify(unknown.slice(0, 100))}.${hint}`);
}

export function textOf(order: Order, name: string): string {
  const text = order[name];
  if (typeof text === 'string' && text !== '' && text.length <= LONGEST && !text.includes('\0')) return text;
  throw wrongOrder(`"${name}" must be a text of up to ${LONGEST} characters`);
}

/** The one who reads it later asks why first. */
export function reasonOf({ reason }: Order): string {
  if (typeof reason === 'string' && reason.trim() !== '' && reason.length <= LONGEST_REASON)
    return reason.trim();
  throw wrongOrder(`"reason" must say why, in up to ${LONGEST_REASON} characters`);
}

export function wrongOrder(what: string): AuditError {
  return new AuditError('AUDIT_QUERY', `The body cannot be meant: ${what}${/[.?]$/.test(what) ? '' : '.'}`);
}
