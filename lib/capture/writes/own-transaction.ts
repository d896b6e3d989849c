import { AsyncLocalStorage } from 'node:async_hooks';

import type { Sequelize, Transaction, TransactionOptions } from 'sequelize';
import { Transaction as Transactions } from 'sequelize';

import { isFinished, optionsOf } from '../../adapter/sequelize';
import { storageOf } from '../../storage/database';
import { driverError } from '../../storage/dialect';
import type { WriteCall } from './write-call';

/** SQLite has one writer: transactions that begin at once would only refuse each other. */
const queues = new WeakMap<Sequelize, Promise<unknown>>();
const MAX_ATTEMPTS = 10;

/** The turn of ours that is running, and its transaction, for writes that are made inside it. */
const running = new AsyncLocalStorage<{ sequelize: Sequelize; transaction: Transaction | undefined }>();

/** `isOurs`: the transaction is this write's own, so that {@link Raced} has all of it done again. */
type Work<T> = (call: WriteCall, isOurs: boolean) => Promise<T>;

/**
 * Runs a write that takes several statements, or whose record is stored with it: in the transaction that
 * it has, else in one of its own.
 */
export function inTransaction<T>(call: WriteCall, work: Work<T>): Promise<T> {
  const { sequelize, transaction } = call;
  if (transaction) return work(call, false);
  const outer = running.getStore();
  // A write inside joins: it would wait for a connection, or on SQLite for its turn, that may never come.
  if (outer?.sequelize === sequelize && !(outer.transaction && isFinished(outer.transaction))) {
    return work(call.within(outer.transaction), false);
  }
  const begun = (own?: Transaction): Promise<T> =>
    running.run({ sequelize, transaction: own }, () => work(call.within(own), own !== undefined));
  if (call.dialect !== 'sqlite') return again(() => sequelize.transaction(isolationOf(call), begun));
  // All of an in-memory database shares one connection: a BEGIN could meet the application's own.
  if (!call.isSync && storageOf(sequelize) === ':memory:') return inTurn(sequelize, begun);
  return inTurn(sequelize, () => sequelize.transaction({ type: Transactions.TYPES.IMMEDIATE }, begun));
}

/** With driver `sync`, or of a strict model, something is done before COMMIT; otherwise a write needs no transaction. */
export function inTransactionIfNeeded<T>(call: WriteCall, work: (call: WriteCall) => Promise<T>): Promise<T> {
  return call.needsTransaction ? inTransaction(call, work) : work(call);
}

/**
 * Ours needs no more than that a row that it has locked stays as it is. What the application wants for its own
 * transactions would only make writes fail that do not without audit; where it wants nothing particular, setting
 * it would cost a statement.
 */
function isolationOf({ sequelize, dialect }: WriteCall): TransactionOptions {
  const { READ_COMMITTED, REPEATABLE_READ } = Transactions.ISOLATION_LEVELS;
  if (!optionsOf(sequelize).isolationLevel) return {};
  // With a binary log of statements, MySQL refuses writes in a transaction of a lower level.
  return { isolationLevel: dialect === 'postgres' ? READ_COMMITTED : REPEATABLE_READ };
}

/**
 * Thrown in a transaction of ours where a row turned up that was not there when it was looked for: all of it is
 * done again. Who throws it knows better the second time, and does not throw it again.
 */
export class Raced extends Error {}

/** A transaction of ours that met another one is done again: the application did not ask for it. */
async function again<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ;) {
    try {
      return await work();
    } catch (error) {
      if (error instanceof Raced) continue;
      if (!isConflict(error) || attempt === MAX_ATTEMPTS) throw error;
      attempt++;
    }
  }
}

/** Deadlocks, PostgreSQL's serialization failures, and what MariaDB 11.6 says instead of those. */
function isConflict(error: unknown): boolean {
  const { code, errno } = driverError(error);
  return code === '40P01' || code === '40001' || errno === 1213 || errno === 1020;
}

function inTurn<T>(sequelize: Sequelize, work: () => Promise<T>): Promise<T> {
  const turn = (queues.get(sequelize) ?? Promise.resolve()).catch(() => undefined).then(() => work());
  queues.set(sequelize, turn);
  return turn;
}
