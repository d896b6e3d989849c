import type { Model } from 'sequelize';

import type { ModelName } from './library';

/** At most so many, so that those of long ago do not crowd out the others. */
const MOST = 40;

/**
 * Instances that a script has written and writes again later. By then other instances may have changed their
 * rows: only models whose old values come from the database promise to be right then. What an instance
 * itself wrote and lost in a rollback is promised for all models, as long as nobody else comes in between.
 */
export class Kept {
  private readonly any: Model[] = [];
  /** By transaction that is open, savepoints included, from the outermost in. */
  private readonly open: Model[][] = [];
  private undone: Model[] = [];

  constructor(private readonly mayBeOvertaken: ReadonlySet<string>) {}

  /** After a write of an instance. */
  add(instance: Model): void {
    if (!this.mayBeOvertaken.has(nameOf(instance))) this.open.at(-1)?.push(instance);
    else if (this.any.push(instance) > MOST) this.any.shift();
  }

  /** A transaction or savepoint begins. */
  begin(): void {
    this.open.push([]);
  }

  /** It has ended. */
  end(how: 'commit' | 'rollback'): void {
    const written = this.open.pop() ?? [];
    this.undone = how === 'rollback' ? written : [];
    if (how === 'commit') this.open.at(-1)?.push(...written);
  }

  /** Somebody writes: who was undone may be overtaken now. */
  forgetUndone(): void {
    this.undone = [];
  }

  /** One to write, which nobody else gets until it is added again. */
  take(model: ModelName, row = 0): Model | undefined {
    return takeFrom(this.any, model, row);
  }

  /** One whose last write was in what has just been rolled back. */
  takeUndone(model: ModelName, row = 0): Model | undefined {
    return takeFrom(this.undone, model, row);
  }
}

function takeFrom(instances: Model[], model: ModelName, row: number): Model | undefined {
  const ofModel = instances.filter((instance) => nameOf(instance) === model);
  const taken = ofModel[row % ofModel.length];
  if (taken) instances.splice(instances.indexOf(taken), 1);
  return taken;
}

function nameOf(instance: Model): string {
  return (instance.constructor as typeof Model).name;
}
