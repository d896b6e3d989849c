import { messageOf } from '../../errors';
import { driverError } from '../../storage/dialect';
import type { WriteCall } from './write-call';

/** What MySQL and MariaDB answer to a statement that they do not understand or allow: syntax, rights, unknown names, what is unsupported. */
const REFUSED_BY_MYSQL = new Set([1054, 1064, 1142, 1143, 1146, 1221, 1235, 1305]);

/**
 * An audit never makes the application's write fail: where the database refuses what capture asks for, the
 * write is made as it would have been without, and what was not recorded is reported. If it was the write
 * that is wrong, its own error comes of that. In a transaction of the application's nothing can be tried twice.
 *
 * It is answered when its records are safe. Nothing is written twice: capture makes one statement, or several in a
 * transaction of ours, and so leaves nothing behind where it fails.
 */
export async function orPlain(
  call: WriteCall,
  capture: () => Promise<unknown>,
  plain: () => Promise<unknown>,
): Promise<unknown> {
  try {
    const answer = await capture();
    await call.trail.kept;
    return answer;
  } catch (error) {
    if (call.transaction || call.isSync || !isRefusal(error)) throw error;
    const answer = await plain();
    call.failed(`the database refuses to read what is changed (${messageOf(error)})`);
    return answer;
  }
}

/** PostgreSQL's classes of errors are 42 (syntax, rights, unknown names) and 0A (unsupported). */
function isRefusal(error: unknown): boolean {
  const { code, errno } = driverError(error);
  if (errno !== undefined && REFUSED_BY_MYSQL.has(errno)) return true;
  return typeof code === 'string' && (/^(42|0A)/.test(code) || code === 'SQLITE_ERROR');
}
