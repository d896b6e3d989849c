import type { Model, ModelStatic, Sequelize, Transaction } from 'sequelize';
import { Transaction as Transactions } from 'sequelize';

import { effectiveTransaction } from '../sequelize-internals';
import { trailOf } from '../trail/registry';

type Options = { transaction?: Transaction | null };
type Write = (this: unknown, ...args: unknown[]) => Promise<unknown>;

/** SQLite has one writer: transactions that begin at once would only refuse each other. */
const queues = new WeakMap<Sequelize, Promise<unknown>>();

/**
 * For driver `sync`: a write without a transaction gets one, so that the change and its record are
 * stored together or not at all. Other drivers pass through.
 */
export function giveOwnTransactions(model: ModelStatic<Model>): void {
  const prototype = model.prototype as unknown as Record<string, Write>;
  for (const method of ['save', 'destroy', 'restore']) wrap(model, prototype, method, 0);
  wrap(model, model as unknown as Record<string, Write>, 'bulkCreate', 1);
}

function wrap(
  model: ModelStatic<Model>,
  holder: Record<string, Write>,
  method: string,
  position: number,
): void {
  const original = holder[method] as Write;
  holder[method] = function (this: unknown, ...args: unknown[]): Promise<unknown> {
    const sequelize = model.sequelize;
    const options = args[position] as Options | undefined;
    if (
      !sequelize ||
      trailOf(sequelize).settings.driver !== 'sync' ||
      effectiveTransaction(sequelize, options)
    ) {
      return original.apply(this, args);
    }
    return inTransaction(sequelize, (transaction) => {
      const given = [...args];
      given[position] = { ...options, transaction };
      return original.apply(this, given);
    });
  };
}

function inTransaction<T>(sequelize: Sequelize, work: (transaction: Transaction) => Promise<T>): Promise<T> {
  if (sequelize.getDialect() !== 'sqlite') return sequelize.transaction(work);
  const turn = (queues.get(sequelize) ?? Promise.resolve())
    .catch(() => undefined)
    .then(() => sequelize.transaction({ type: Transactions.TYPES.IMMEDIATE }, work));
  queues.set(sequelize, turn);
  return turn;
}
