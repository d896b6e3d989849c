import { AsyncLocalStorage } from 'node:async_hooks';

import type { Sequelize, Transaction } from 'sequelize';
import { Transaction as Transactions } from 'sequelize';

import { isFinished } from '../../adapter/sequelize';
import { storageOf } from '../../storage/database';
import { driverError } from '../../storage/dialect';
import type { WriteCall } from './write-call';

/** SQLite has one writer: transactions that begin at once would only refuse each other. */
const queues = new WeakMap<Sequelize, Promise<unknown>>();
const MAX_ATTEMPTS = 10;

/** The turn of ours that is running, and its transaction, for writes that are made inside it. */
const running = new AsyncLocalStorage<{ sequelize: Sequelize; transaction: Transaction | undefined }>();

/**
 * Runs a write that takes several statements, or whose record is stored with it: in the transaction that
 * it has, else in one of its own.
 */
export function inTransaction<T>(call: WriteCall, work: (call: WriteCall) => Promise<T>): Promise<T> {
  const { sequelize, transaction } = call;
  if (transaction) return work(call);
  const outer = running.getStore();
  // A write inside joins: it would wait for a connection, or on SQLite for its turn, that may never come.
  if (outer?.sequelize === sequelize && !(outer.transaction && isFinished(outer.transaction))) {
    return work(call.within(outer.transaction));
  }
  const begun = (own?: Transaction): Promise<T> =>
    running.run({ sequelize, transaction: own }, () => work(call.within(own)));
  if (call.dialect !== 'sqlite') return again(() => sequelize.transaction(begun));
  // All of an in-memory database shares one connection: a BEGIN could meet the application's own.
  if (!call.isSync && storageOf(sequelize) === ':memory:') return inTurn(sequelize, begun);
  return inTurn(sequelize, () => sequelize.transaction({ type: Transactions.TYPES.IMMEDIATE }, begun));
}

/** With driver `sync` the write and its record are stored together; otherwise it needs no transaction. */
export function inTransactionIfSync<T>(call: WriteCall, work: (call: WriteCall) => Promise<T>): Promise<T> {
  return call.isSync ? inTransaction(call, work) : work(call);
}

/** Thrown where a row turned up that was not there when it was looked for: all of the transaction is done again. */
export class Raced extends Error {}

/** A transaction of ours that met another one is done again: the application did not ask for it. */
async function again<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      const isOurs = error instanceof Raced || isDeadlock(error);
      if (!isOurs || attempt === MAX_ATTEMPTS) throw error;
    }
  }
}

function isDeadlock(error: unknown): boolean {
  const { code, errno } = driverError(error);
  return code === '40P01' || errno === 1213;
}

function inTurn<T>(sequelize: Sequelize, work: () => Promise<T>): Promise<T> {
  const turn = (queues.get(sequelize) ?? Promise.resolve()).catch(() => undefined).then(() => work());
  queues.set(sequelize, turn);
  return turn;
}
