import type { Model, Transaction } from 'sequelize';

import { isRolledBack } from '../../adapter/sequelize';

interface Doubt {
  /** The last write of the instance, of which the transaction may still be undone. */
  readonly transaction?: Transaction | undefined;
  /** A write of the instance that met no row: what it holds now is in no row. */
  readonly missed?: boolean;
}

const doubts = new WeakMap<Model, Doubt>();

/** Remembers what an instance's last write says of the values that it holds since. */
export function noteWrite(instance: Model, transaction: Transaction | undefined, missed: boolean): void {
  if (missed || doubts.get(instance)?.missed) doubts.set(instance, { missed: true });
  else if (transaction) doubts.set(instance, { transaction });
  else doubts.delete(instance);
}

/** Whether what an instance holds can be what its row holds: not after a rollback, nor after a write that met no row. */
export function isTrusted(instance: Model): boolean {
  const doubt = doubts.get(instance);
  if (!doubt) return true;
  return !doubt.missed && !(doubt.transaction && isRolledBack(doubt.transaction));
}
