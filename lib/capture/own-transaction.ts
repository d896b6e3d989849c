import { AsyncLocalStorage } from 'node:async_hooks';

import type { Model, ModelStatic, Sequelize, Transaction } from 'sequelize';
import { Transaction as Transactions } from 'sequelize';

import { effectiveTransaction, isFinished } from '../sequelize-internals';
import { trailForWriting } from '../trail/registry';

type Options = { transaction?: Transaction | null; individualHooks?: boolean };
type Write = (this: unknown, ...args: unknown[]) => Promise<unknown>;

/** SQLite has one writer: transactions that begin at once would only refuse each other. */
const queues = new WeakMap<Sequelize, Promise<unknown>>();
/** The transaction of ours that is running, for writes that a hook makes inside it. */
const running = new AsyncLocalStorage<{ sequelize: Sequelize; transaction: Transaction }>();

/**
 * For driver `sync`: a write without a transaction gets one, so that the change and its record are
 * stored together or not at all. Other drivers pass through.
 */
export function giveOwnTransactions(model: ModelStatic<Model>): void {
  const prototype = model.prototype as unknown as Record<string, Write>;
  const statics = model as unknown as Record<string, Write>;
  const always = (): boolean => true;
  // Without individual hooks these capture nothing.
  const withHooks = (options: Options | undefined): boolean => options?.individualHooks === true;
  for (const method of ['save', 'destroy', 'restore']) wrap(model, prototype, method, 0, always);
  wrap(model, statics, 'bulkCreate', 1, always);
  wrap(model, statics, 'update', 1, withHooks);
  for (const method of ['destroy', 'restore']) wrap(model, statics, method, 0, withHooks);
}

function wrap(
  model: ModelStatic<Model>,
  holder: Record<string, Write>,
  method: string,
  position: number,
  applies: (options: Options | undefined) => boolean,
): void {
  const original = holder[method] as Write;
  holder[method] = function (this: unknown, ...args: unknown[]): Promise<unknown> {
    const sequelize = model.sequelize;
    const options = args[position] as Options | undefined;
    if (!sequelize || !applies(options) || !needsTransaction(sequelize, options))
      return original.apply(this, args);
    return inTransaction(sequelize, (transaction) => {
      const given = [...args];
      given[position] = { ...options, transaction };
      return original.apply(this, given);
    });
  };
}

function needsTransaction(sequelize: Sequelize, options: Options | undefined): boolean {
  return trailForWriting(sequelize)?.settings.driver === 'sync' && !effectiveTransaction(sequelize, options);
}

function inTransaction<T>(sequelize: Sequelize, work: (transaction: Transaction) => Promise<T>): Promise<T> {
  const outer = running.getStore();
  // A write that a hook makes joins: it would wait for a connection, or on SQLite for its turn, that may never come.
  if (outer?.sequelize === sequelize && !isFinished(outer.transaction)) return work(outer.transaction);
  const inTurn = (transaction: Transaction): Promise<T> =>
    running.run({ sequelize, transaction }, () => work(transaction));
  if (sequelize.getDialect() !== 'sqlite') return sequelize.transaction(inTurn);
  const turn = (queues.get(sequelize) ?? Promise.resolve())
    .catch(() => undefined)
    .then(() => sequelize.transaction({ type: Transactions.TYPES.IMMEDIATE }, inTurn));
  queues.set(sequelize, turn);
  return turn;
}
