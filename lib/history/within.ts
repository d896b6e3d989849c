import { Transaction as Transactions } from 'sequelize';
import type { Model, ModelStatic, Transaction } from 'sequelize';

import { effectiveTransaction } from '../adapter/sequelize';
import { AuditError } from '../errors';
import { assertKnownKeys } from '../known-names';
import { storageOf } from '../storage/database';
import type { RevertOptions } from '../storage/reading/revert-options';

const NAMES = ['reason', 'force', 'values', 'transaction'];

/** Throws AUDIT_OPTION. */
export function assertRevertOptions(options: RevertOptions): void {
  assertKnownKeys(options, NAMES, 'option of a revert');
  const { reason, values, force } = options;
  if (reason !== undefined && typeof reason !== 'string') {
    throw new AuditError('AUDIT_OPTION', 'The reason of a revert must be a text.');
  }
  if (force !== undefined && typeof force !== 'boolean') {
    throw new AuditError('AUDIT_OPTION', 'The option "force" of a revert must be true or false.');
  }
  if (values !== undefined && (typeof values !== 'object' || values === null || Array.isArray(values))) {
    throw new AuditError('AUDIT_OPTION', 'The values of a revert must be an object, by attribute.');
  }
}

/** Does work in the transaction of the options, or of Sequelize's CLS, or else in one of its own. Throws AUDIT_OPTION. */
export async function within<T>(
  model: ModelStatic<Model>,
  options: RevertOptions,
  work: (transaction: Transaction) => Promise<T>,
): Promise<T> {
  assertRevertOptions(options);
  const sequelize = model.sequelize!;
  const transaction = effectiveTransaction(sequelize, options);
  if (transaction) return work(transaction);
  // What reads before it writes would be refused on SQLite where another has written meanwhile, rather than wait.
  const isFile = sequelize.getDialect() === 'sqlite' && storageOf(sequelize) !== ':memory:';
  return sequelize.transaction(isFile ? { type: Transactions.TYPES.IMMEDIATE } : {}, work);
}
