import { BaseError } from 'sequelize';

/** What a script may run into, whoever else writes. Anything else is a failure of the spec. */
const EXPECTED = ['SequelizeUniqueConstraintError', 'SequelizeOptimisticLockError'];

/** What else those run into who write at the same time: deadlocks, waiting too long, SQLite's one writer. */
const CODES = ['40P01', 'ER_LOCK_DEADLOCK', 'ER_LOCK_WAIT_TIMEOUT', 'SQLITE_BUSY'];

/** What is over when the database did not take an operation: that one alone, or the transaction. */
export type Refused = 'operation' | 'transaction';

/** Undefined for an error that no script may run into. */
export function refusalOf(error: unknown, isTogether: boolean): Refused | undefined {
  if (!(error instanceof BaseError)) return undefined;
  if (EXPECTED.includes(error.name)) return 'operation';
  const code = (error as { original?: { code?: string } }).original?.code;
  if (!isTogether || code === undefined || !CODES.includes(code)) return undefined;
  return code === 'ER_LOCK_DEADLOCK' ? 'transaction' : 'operation';
}
