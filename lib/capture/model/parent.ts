import type { Model, ModelStatic } from 'sequelize';

import { belongsToOf } from '../../adapter/model';
import { suggestion } from '../../known-names';
import { AuditError } from '../../errors';

/** To what a model's records belong: an order line's order. */
export interface Parent {
  /** The parent's model, by name. */
  readonly type: string;
  /** The attribute that holds the parent's key. */
  readonly foreignKey: string;
}

/**
 * Of a `belongsTo` association. Associations are made after models, so that its name cannot be checked earlier
 * than here. Throws AUDIT_OPTION where there is none of that name.
 */
export function parentOf(model: ModelStatic<Model>, name: string): Parent {
  const known = belongsToOf(model);
  const association = known.get(name);
  if (association) {
    const { foreignKey, target, targetKeyIsPrimary } = association;
    if (targetKeyIsPrimary) return { type: target.name, foreignKey };
    throw new AuditError(
      'AUDIT_OPTION',
      `Option "parent" of withAudit(${model.name}) names the association "${name}", which does not refer to the primary key of ${target.name}.`,
    );
  }
  throw new AuditError(
    'AUDIT_OPTION',
    `Option "parent" of withAudit(${model.name}) names the association "${name}", which is no belongsTo of the model.` +
      (known.size > 0
        ? suggestion(name, [...known.keys()])
        : ` Add one: ${model.name}.belongsTo(…, { as: "${name}" }).`),
  );
}
