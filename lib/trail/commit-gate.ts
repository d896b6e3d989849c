import type { Sequelize, Transaction } from 'sequelize';

import { parentOf, rootOf, savepointOf, transactionPortOf } from '../adapter/sequelize';
import { PendingRecords } from './pending-records';
import type { Deliverable } from './pending-records';
import type { StrictCommits } from './strict/strict-commits';

/** What becomes of records whose fate the gate has learned. */
export interface Outlet {
  /** Stored inside the transaction, before COMMIT: a failure fails the commit. */
  readonly transactional: boolean;
  /** All of the records are safe when it resolves, or returns without a promise. */
  deliver(records: Deliverable, transaction?: Transaction): void | Promise<void>;
  /** For records that wait for their transaction and are too many for memory. */
  spillDirectory(): string;
  /** Keeps records of strict models from before COMMIT on. */
  strict(): StrictCommits;
}

interface Savepoint {
  readonly name: string | undefined;
  /** Records of the transaction when it began. */
  readonly count: number;
}

const gates = new WeakMap<Sequelize, CommitGate>();

/**
 * Holds the records of a transaction until it is known to be committed.
 *
 * Sequelize's `afterCommit` cannot be trusted with that: it also runs when COMMIT failed (#14902), when
 * a savepoint is released whose parent rolls back later, and never for savepoints that findOrCreate
 * leaves open (#17452). So the gate stands at the three methods of the query interface that every
 * transaction passes, and keeps one list of pending records per root transaction:
 *
 *   savepoint begins       remember its name and the length of the list
 *   savepoint rolls back   cut the list to the length at the latest savepoint of that name (Sequelize
 *                          gives nested ones the same, and then less is undone than it seems):
 *                          ROLLBACK TO also undoes what the parent and siblings wrote since; if the
 *                          rollback fails, the whole list goes, because a deadlock has ended the
 *                          transaction (MySQL)
 *   root rolls back        the list goes, unless the database had committed it by itself ({@link release})
 *   root commits           the list is handed on, if COMMIT resolved and the server did not answer
 *                          ROLLBACK, as PostgreSQL does for a transaction with a swallowed error;
 *                          with records of a strict model it is on disk before ({@link StrictCommits})
 *
 * It may come late: of a savepoint that began before the gate stood here, all records are younger.
 */
export class CommitGate {
  private readonly lists = new WeakMap<Transaction, PendingRecords>();
  /** By root: its savepoints in order, as the server has them. */
  private readonly savepoints = new WeakMap<Transaction, Savepoint[]>();
  /** Transactions that the database has ended by itself. */
  private readonly ended = new WeakSet<Transaction>();

  private constructor(private outlet: Outlet) {}

  /** The gate of a Sequelize instance; there is one, whose outlet is that of the latest trail. */
  static at(sequelize: Sequelize, outlet: Outlet): CommitGate {
    let gate = gates.get(sequelize);
    if (gate) {
      gate.outlet = outlet;
    } else {
      gate = new CommitGate(outlet);
      gate.standAt(sequelize);
      gates.set(sequelize, gate);
    }
    return gate;
  }

  /** Takes records of a change that has just been made, in a transaction or without one. `isStrict`: of a strict model. */
  pass(records: Deliverable, transaction: Transaction | undefined, isStrict = false): void | Promise<void> {
    if (!transaction) return this.outlet.deliver(records);
    const root = rootOf(transaction);
    if (this.ended.has(root) && !this.outlet.transactional) return this.outlet.deliver(records);
    let list = this.lists.get(root);
    if (!list) this.lists.set(root, (list = new PendingRecords(() => this.outlet.spillDirectory())));
    for (const lines of records.batches()) list.add(lines);
    list.isStrict ||= isStrict;
  }

  /** The answer takes back all that passes from now on, as a rollback to a savepoint does. */
  mark(transaction: Transaction): () => void {
    const root = rootOf(transaction);
    const count = this.lists.get(root)?.count ?? 0;
    return () => this.lists.get(root)?.cut(count);
  }

  /** Hands on what a transaction has gathered: the database has committed it by itself, and what follows at once. */
  release(transaction: Transaction): void {
    const root = rootOf(transaction);
    this.ended.add(root);
    if (this.outlet.transactional) return;
    const list = this.take(root);
    if (list) void this.deliver(list);
  }

  private standAt(sequelize: Sequelize): void {
    const port = transactionPortOf(sequelize);
    const start = port.startTransaction.bind(port);
    const commit = port.commitTransaction.bind(port);
    const rollback = port.rollbackTransaction.bind(port);
    // With the type RAW, PostgreSQL's answer is handed through; else Sequelize drops it.
    const commitRaw: typeof commit = (transaction, options) =>
      commit(transaction, { ...options, type: 'RAW' });

    port.startTransaction = async (transaction, options) => {
      if (parentOf(transaction)) this.begin(transaction);
      return start(transaction, options);
    };

    port.commitTransaction = async (transaction, options) => {
      if (parentOf(transaction)) return commit(transaction, options);
      if (this.outlet.transactional) {
        const list = this.take(transaction);
        if (list) await this.storeBeforeCommit(transaction, list, () => rollback(transaction, options));
        return commit(transaction, options);
      }
      if (this.isStrict(transaction))
        return this.commitStrictly(transaction, () => commitRaw(transaction, options));
      const run = this.lists.has(transaction) ? commitRaw : commit;
      try {
        const answer = await run(transaction, options);
        if (!wasRolledBack(answer)) await this.committed(transaction);
        return answer;
      } finally {
        this.take(transaction)?.discard();
      }
    };

    port.rollbackTransaction = async (transaction, options) => {
      if (!parentOf(transaction)) {
        const list = this.take(transaction);
        // The database had committed it before: nothing is rolled back.
        if (list && this.ended.has(transaction)) await this.deliver(list, transaction);
        else list?.discard();
        return rollback(transaction, options);
      }
      const root = rootOf(transaction);
      const name = savepointOf(transaction);
      try {
        const answer = await rollback(transaction, options);
        if (!this.ended.has(root)) this.cut(root, name);
        return answer;
      } catch (error) {
        this.take(root)?.discard();
        throw error;
      }
    };
  }

  /** Not before: a write that nobody has waited for may have been answered on the way, or is answered later. */
  private async committed(transaction: Transaction): Promise<void> {
    this.ended.add(transaction);
    const list = this.take(transaction);
    if (list) await this.deliver(list);
  }

  private isStrict(transaction: Transaction): boolean {
    if (parentOf(transaction) || this.outlet.transactional) return false;
    const list = this.lists.get(transaction);
    return list?.isStrict === true && list.count > 0;
  }

  private async commitStrictly(transaction: Transaction, commit: () => Promise<unknown>): Promise<unknown> {
    const strict = this.outlet.strict();
    const evidence = await strict.takeEvidence(transaction);
    // Only now: what was written meanwhile belongs to the transaction too.
    const list = this.take(transaction);
    if (!list) return commit();
    const entry = strict.prepare(evidence, list);
    try {
      const answer = await commit();
      if (!wasRolledBack(answer)) {
        await this.outlet.deliver(list);
        await this.committed(transaction);
      }
      if (entry) strict.settle(entry);
      list.discard();
      return answer;
    } catch (error) {
      // Perhaps only the answer was lost.
      if (entry) strict.leave(entry, list);
      else list.discard();
      throw error;
    }
  }

  private begin(savepoint: Transaction): void {
    const root = rootOf(savepoint);
    const count = this.lists.get(root)?.count ?? 0;
    const stack = this.savepoints.get(root) ?? [];
    stack.push({ name: savepointOf(savepoint), count });
    this.savepoints.set(root, stack);
  }

  /** As ROLLBACK TO does: back to the latest savepoint of that name, which stays; those after it are gone. */
  private cut(root: Transaction, name: string | undefined): void {
    const stack = this.savepoints.get(root) ?? [];
    const index = stack.findLastIndex((savepoint) => savepoint.name === name);
    stack.splice(index + 1);
    this.lists.get(root)?.cut(stack[index]?.count ?? 0);
  }

  private take(root: Transaction): PendingRecords | undefined {
    const list = this.lists.get(root);
    this.lists.delete(root);
    return list;
  }

  private async deliver(list: PendingRecords, transaction?: Transaction): Promise<void> {
    try {
      await this.outlet.deliver(list, transaction);
    } finally {
      list.discard();
    }
  }

  /** If the records cannot be stored, nothing may be: Sequelize would only drop the connection, and SQLite keep its lock. */
  private async storeBeforeCommit(
    transaction: Transaction,
    list: PendingRecords,
    rollback: () => Promise<unknown>,
  ): Promise<void> {
    try {
      await this.deliver(list, transaction);
    } catch (error) {
      await rollback().catch(() => undefined);
      throw error;
    }
  }
}

function wasRolledBack(answer: unknown): boolean {
  const results: unknown[] = Array.isArray(answer) ? answer : [answer];
  return results.some(
    (result) => (result as { command?: unknown } | null | undefined)?.command === 'ROLLBACK',
  );
}
