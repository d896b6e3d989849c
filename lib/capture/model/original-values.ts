import type { Model, ModelStatic } from 'sequelize';

import { valuesOf } from '../../adapter/model';

const originals = new WeakMap<Model, Map<string, unknown>>();

type Changed = (this: Model, key?: string, value?: boolean) => unknown;

/**
 * Sequelize's `previous()` is the value before the latest assignment, not the one in the database: set
 * twice, the first is lost (#9666, #10423). Every assignment passes `changed(key, true)`, so the first
 * one of them tells what the database holds.
 */
export function rememberOriginalValues(model: ModelStatic<Model>): void {
  const prototype = model.prototype as unknown as { changed: Changed };
  const changed = prototype.changed;
  prototype.changed = function (this: Model, key?: string, value?: boolean): unknown {
    if (key !== undefined && value === true && !this.isNewRecord && changed.call(this, key) === false) {
      let remembered = originals.get(this);
      if (!remembered) originals.set(this, (remembered = new Map<string, unknown>()));
      remembered.set(key, valuesOf(this)._previousDataValues[key]);
    } else if (key !== undefined && value === false) {
      originals.get(this)?.delete(key);
    }
    // The number of arguments matters: without any, the answer is the list of what changed.
    return key === undefined ? changed.call(this) : changed.call(this, key, value);
  };
}

/** What the database held of an attribute before the instance's changes, as far as the instance knows. */
export function originalValue(instance: Model, attribute: string): unknown {
  const remembered = originals.get(instance);
  if (remembered?.has(attribute)) return remembered.get(attribute);
  return valuesOf(instance)._previousDataValues[attribute];
}
