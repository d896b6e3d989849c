import type { Model, ModelStatic } from 'sequelize';

import { valuesOf } from './model';

/** Who is told of what is assigned to the attributes of a model's instances. */
export interface AssignmentWatcher {
  /** An attribute is assigned for the first time since it was read or saved; `original` is what it held. */
  assigned(instance: Model, attribute: string, original: unknown): void;
  /** An attribute counts as unchanged again. */
  settled(instance: Model, attribute: string): void;
}

type Changed = (this: Model, attribute?: string, value?: boolean) => unknown;

/** Every assignment of Sequelize's to an instance that is in the database passes `changed(attribute, true)`. */
export function watchAssignments(model: ModelStatic<Model>, watcher: AssignmentWatcher): void {
  const prototype = model.prototype as unknown as { changed: Changed };
  const changed = prototype.changed;
  prototype.changed = function (this: Model, attribute?: string, value?: boolean): unknown {
    // The number of arguments matters: without any, the answer is the list of what changed.
    if (attribute === undefined) return changed.call(this);
    if (value === true && !this.isNewRecord && changed.call(this, attribute) === false) {
      watcher.assigned(this, attribute, valuesOf(this)._previousDataValues[attribute]);
    } else if (value === false) {
      watcher.settled(this, attribute);
    }
    return changed.call(this, attribute, value);
  };
}
