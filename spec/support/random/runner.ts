import type { Sequelize, Transaction } from 'sequelize';
import { Transaction as Transactions } from 'sequelize';

import type { Stage } from '../stage';
import type { Call } from './calls';
import { Kept } from './kept';
import type { Library } from './library';
import { PERFORM } from './perform';
import { refusalOf } from './refusals';
import type { Refused } from './refusals';
import { isGroup, isTogether } from './script';
import type { Block, Operation, Script, Step, Together } from './script';
import { markNow } from './windows';
import type { Window } from './windows';

/** Where a step takes place. */
interface Place {
  readonly transaction?: Transaction;
  /** Whether others write at the same time. */
  readonly isTogether?: boolean;
}

/** Runs the steps of a script, and goes on where the database refuses one. */
export class Runner {
  refused = 0;
  /** When writes without a transaction were made at the same time. */
  readonly windows: Window[] = [];
  private readonly kept: Kept;

  constructor(
    private readonly stage: Stage<Library>,
    mayBeOvertaken: ReadonlySet<string>,
  ) {
    this.kept = new Kept(mayBeOvertaken);
  }

  run(script: Script): Promise<void> {
    return this.steps(script, {});
  }

  private async steps(steps: readonly Step[], place: Place): Promise<void> {
    for (const step of steps) {
      if (!isGroup(step)) await this.operation(step, place);
      else if (isTogether(step)) await this.together(step);
      else await this.block(step, place);
    }
  }

  private async together({ steps }: Together): Promise<void> {
    const from = await markNow(this.stage.oracle);
    const ends = await Promise.allSettled(steps.map((step) => this.steps([step], { isTogether: true })));
    for (const end of ends) if (end.status === 'rejected') throw end.reason;
    // A transaction holds its rows until its records have their numbers.
    if (!steps.every(isGroup)) this.windows.push({ from, to: await markNow(this.stage.oracle) });
  }

  private async block({ ends, steps }: Block, place: Place): Promise<void> {
    const transaction = await this.begin(place);
    if (!transaction) return;
    this.kept.begin();
    try {
      await this.steps(steps, { ...place, transaction });
      await transaction[ends]();
      this.kept.end(ends);
    } catch (error) {
      this.kept.end('rollback');
      const isGone = error instanceof Over && error.refused === 'transaction';
      // Sequelize has done so by itself where MariaDB tells of a deadlock.
      if (!isFinished(transaction)) await transaction.rollback();
      // The transaction has taken its savepoints with it.
      if (!(error instanceof Over) || (isGone && place.transaction)) throw error;
    }
  }

  /** Undefined where the database does not begin one now. */
  private async begin({ transaction, isTogether }: Place): Promise<Transaction | undefined> {
    const { sequelize } = this;
    if (transaction) return sequelize.transaction({ transaction });
    if (!isTogether) return sequelize.transaction();
    try {
      // One that reads first is refused its first write if another has written meanwhile; this one waits.
      const isSqlite = this.stage.database === 'sqlite';
      return await sequelize.transaction(isSqlite ? { type: Transactions.TYPES.IMMEDIATE } : {});
    } catch (error) {
      this.refusal(error, isTogether);
      return undefined;
    }
  }

  private async operation(step: Operation, place: Place): Promise<void> {
    const { transaction, isTogether = false } = place;
    const { models, oracle } = this.stage;
    if (step.call !== 'saveUndone') this.kept.forgetUndone();
    const before = isSilent(step) ? await oracle.last(transaction) : undefined;
    try {
      await PERFORM[step.call as Call]({ models, oracle, transaction, kept: this.kept }, step);
    } catch (error) {
      const refused = this.refusal(error, isTogether, step);
      // PostgreSQL takes nothing more in a transaction in which something failed.
      const isOver = refused === 'transaction' || this.stage.database === 'postgres';
      if (transaction && isOver) throw new Over(refused);
    }
    if (before !== undefined) await oracle.forget(before, transaction);
  }

  /** Counts what a script may run into, and throws all else. */
  private refusal(error: unknown, isTogether: boolean, step?: Operation): Refused {
    const refused = refusalOf(error, isTogether);
    if (!refused) throw new Error(`${JSON.stringify(step)}: ${String(error)}`, { cause: error });
    this.refused += 1;
    return refused;
  }

  private get sequelize(): Sequelize {
    return this.stage.sequelize;
  }
}

function isFinished(transaction: Transaction): boolean {
  return (transaction as unknown as { finished?: string }).finished !== undefined;
}

/** Whether it is not to be recorded. */
function isSilent({ options = {} }: Operation): boolean {
  const { audit } = options;
  return (
    audit === false ||
    (typeof audit === 'object' && audit !== null && 'bulk' in audit && audit.bulk === 'off')
  );
}

/** Ends a transaction, or goes back to the savepoint. */
class Over extends Error {
  constructor(readonly refused: Refused) {
    super('The transaction is over.');
  }
}
