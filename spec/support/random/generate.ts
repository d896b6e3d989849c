import type { DatabaseName } from '../world';
import { Operations } from './operations';
import { Random } from './prng';
import type { Operation, Script, Step } from './script';

/** One after the other, or several at the same time. */
export type Writers = 'one' | 'many';

/** A script of so many operations: the same for the same seed, database and writers. */
export function generate(seed: number, operations: number, database: DatabaseName, writers: Writers): Script {
  return new Generator(new Random(seed), database, writers).script(operations);
}

class Generator {
  private readonly make: Operations;

  constructor(
    private readonly random: Random,
    private readonly database: DatabaseName,
    private readonly writers: Writers,
  ) {
    this.make = new Operations(random, database);
  }

  script(operations: number): Script {
    const steps: Step[] = [];
    for (let left = operations; left > 0;) {
      const count = Math.min(left, this.random.chance(0.4) ? 1 : this.random.between(1, 12));
      if (this.writers === 'many' && count > 1 && this.random.chance(0.6)) steps.push(this.together(count));
      else if (this.random.chance(0.3)) steps.push(...this.withTruncate(this.make.some(count)));
      else steps.push(...this.block(this.withTruncate(this.withSavepoints(count))));
      left -= count;
    }
    return steps;
  }

  /** Each of them a transaction or one operation without. */
  private together(count: number): Step {
    const writers = Math.min(count, this.random.between(2, 4));
    const one = (): Step => {
      if (this.random.chance(0.3)) return this.make.one();
      return { ends: this.ending(), steps: this.withSavepoints(Math.floor(count / writers)) };
    };
    const steps = this.make.atOnce(() => Array.from({ length: writers }, one));
    return { atOnce: true, steps };
  }

  /** One savepoint at a time: those that Sequelize nests bear one name. */
  private withSavepoints(count: number): Step[] {
    const steps: Step[] = [];
    for (let left = count; left > 0;) {
      const some = Math.min(left, this.random.between(1, 4));
      // findOrCreate makes a savepoint of its own.
      const isInside = (step: Operation): boolean => step.call !== 'findOrCreate';
      const inside = this.make.some(some);
      if (this.random.chance(0.35)) steps.push(...this.block(this.inSavepoint(inside.filter(isInside))));
      else steps.push(...inside);
      left -= some;
    }
    return steps;
  }

  /** At the end: MariaDB's TRUNCATE commits, so that nothing may follow in its transaction. */
  private withTruncate(steps: readonly Step[]): readonly Step[] {
    return this.random.chance(0.05) ? [...steps, this.make.truncate()] : steps;
  }

  private inSavepoint(steps: readonly Step[]): readonly Step[] {
    const isUndone = this.database === 'postgres' || this.database === 'sqlite';
    return isUndone && !this.make.isTogether ? this.withTruncate(steps) : steps;
  }

  /** What is rolled back may be tried again with the same instances. */
  private block(steps: readonly Step[]): Step[] {
    const ends = this.ending();
    if (ends === 'commit' || this.random.chance(0.3)) return [{ ends, steps }];
    const { first, again } = this.make.undone();
    return [{ ends, steps: [first, ...steps] }, ...again];
  }

  private ending(): 'commit' | 'rollback' {
    return this.random.chance(0.7) ? 'commit' : 'rollback';
  }
}
