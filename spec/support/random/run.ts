import { BaseError } from 'sequelize';
import type { Transaction } from 'sequelize';

import { expectTrail } from '../oracle/expect-trail';
import { expectedRecord } from '../oracle/expected';
import { replay, rowsOf } from '../oracle/replay';
import type { Stage } from '../stage';
import type { Call } from './generate';
import type { Library } from './library';
import { PERFORM } from './perform';
import type { Scene } from './perform';
import { isBlock } from './script';
import type { Script, Step } from './script';

/** What a script may run into. Anything else is a failure of the spec. */
const EXPECTED = ['SequelizeUniqueConstraintError', 'SequelizeOptimisticLockError'];

/** How much a run has done, so that a script of which nothing comes cannot pass. */
export interface Done {
  readonly changes: number;
  readonly refused: number;
  readonly events: ReadonlySet<string>;
}

/**
 * Runs a script over empty tables and compares: the trail with what the triggers saw, and the tables that the
 * trail alone would make with those that are there. Throws with the differences.
 */
export async function run(stage: Stage<Library>, script: Script): Promise<Done> {
  await stage.empty();
  const runner = new Runner(stage);
  await runner.steps(script, undefined);
  const changes = await stage.oracle.changes();
  const audits = await stage.world.stored();
  expectTrail(audits, changes);
  for (const model of Object.values(stage.models)) {
    const [made, there] = [replay(model, audits), rowsOf(model, await stage.oracle.dump(model))];
    const differing = there.findIndex((row, index) => JSON.stringify(row) !== JSON.stringify(made[index]));
    if (differing < 0 && made.length === there.length) continue;
    throw new Error(
      `${model.name} has ${there.length} rows, the trail makes ${made.length}; the first that differs:\n` +
        `${JSON.stringify(there[differing])}\n${JSON.stringify(made[Math.max(differing, 0)])}`,
    );
  }
  const events = changes.flatMap((change) => expectedRecord(change)?.event ?? []);
  return { changes: events.length, refused: runner.refused, events: new Set(events) };
}

class Runner {
  refused = 0;
  private readonly stale: Scene['stale'] = [];

  constructor(private readonly stage: Stage<Library>) {}

  async steps(steps: readonly Step[], transaction: Transaction | undefined): Promise<void> {
    for (const step of steps) {
      if (isBlock(step)) await this.block(step, transaction);
      else if (!(await this.operation(step, transaction)) && this.isOver(transaction)) throw new Over();
    }
  }

  private async block(
    step: Extract<Step, { steps: unknown }>,
    outer: Transaction | undefined,
  ): Promise<void> {
    const inner = await (outer
      ? this.stage.sequelize.transaction({ transaction: outer })
      : this.stage.sequelize.transaction());
    try {
      await this.steps(step.steps, inner);
    } catch (error) {
      await inner.rollback();
      if (error instanceof Over) return;
      throw error;
    }
    await inner[step.ends]();
  }

  /** Whether the database took it. */
  private async operation(
    step: Exclude<Step, { steps: unknown }>,
    transaction: Transaction | undefined,
  ): Promise<boolean> {
    const scene = { models: this.stage.models, transaction, stale: this.stale };
    try {
      await PERFORM[step.call as Call](scene, step);
      return true;
    } catch (error) {
      if (!(error instanceof BaseError) || !EXPECTED.includes(error.name)) {
        throw new Error(`${JSON.stringify(step)}: ${String(error)}`, { cause: error });
      }
      this.refused += 1;
      return false;
    }
  }

  /** PostgreSQL takes nothing more in a transaction in which something failed. */
  private isOver(transaction: Transaction | undefined): boolean {
    return transaction !== undefined && this.stage.database === 'postgres';
  }
}

/** Ends a transaction, or goes back to the savepoint. */
class Over extends Error {}
