import { messageOf } from '../errors';

const warned = new Set<string>();
const MOST = 100;

/** There is no logger here: a context belongs to no trail. */
export function warnOnce(message: string): void {
  if (warned.has(message) || warned.size > MOST) return;
  warned.add(message);
  process.emitWarning(message, 'AuditWarning');
}

/** What `work` gives; if it throws, undefined and a warning, because no change must fail for its context. */
export function orLeaveOut<T>(what: string, work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    warnOnce(`${what} cannot be used, and is left out: ${messageOf(error)}`);
    return undefined;
  }
}
