import type { Model, ModelStatic } from 'sequelize';

import { watchAssignments } from '../../adapter/assignments';
import { valuesOf } from '../../adapter/model';

const originals = new WeakMap<Model, Map<string, unknown>>();

/**
 * Sequelize's `previous()` is the value before the latest assignment, not the one in the database: set
 * twice, the first is lost (#9666, #10423). So what an attribute held at the first assignment is kept.
 */
export function rememberOriginalValues(model: ModelStatic<Model>): void {
  watchAssignments(model, {
    assigned(instance, attribute, original) {
      let remembered = originals.get(instance);
      if (!remembered) originals.set(instance, (remembered = new Map<string, unknown>()));
      remembered.set(attribute, original);
    },
    settled: (instance, attribute) => void originals.get(instance)?.delete(attribute),
  });
}

/** What the database held of an attribute before the instance's changes, as far as the instance knows. */
export function originalValue(instance: Model, attribute: string): unknown {
  const remembered = originals.get(instance);
  if (remembered?.has(attribute)) return remembered.get(attribute);
  return valuesOf(instance)._previousDataValues[attribute];
}
