import type { Sequelize } from 'sequelize';

import { modelsOf } from '../adapter/model';
import { AuditedModel } from '../capture/model/audited-model';
import { suggestion } from '../known-names';
import { AuditError } from '../errors';
import type { AuditTrail } from '../trail/trail';
import { ModelReconciliation } from './reconcile-model';
import type { ReconcileOptions } from './reconcile-model';

/**
 * The audited models of a Sequelize instance, or those of some names, ready to be compared with its trail.
 * Throws AUDIT_USAGE where there is none, or none of a name.
 */
export function reconciliationsOf(
  sequelize: Sequelize,
  trail: AuditTrail,
  names: readonly string[] = [],
): { model: string; begin: (options?: ReconcileOptions) => ModelReconciliation }[] {
  const audited = new Set(modelsOf(sequelize).flatMap((model) => AuditedModel.of(model) ?? []));
  const known = new Map([...audited].map((each) => [each.name, each]));
  if (known.size === 0) {
    throw new AuditError(
      'AUDIT_USAGE',
      'There are no audited models to compare with. Name a file that exports your Sequelize instance with its ' +
        'models, as in "audit doctor --reconcile --module src/database.js".',
    );
  }
  const unknown = names.find((name) => !known.has(name));
  if (unknown !== undefined) {
    const message = `There is no audited model "${unknown}".${suggestion(unknown, [...known.keys()])}`;
    throw new AuditError('AUDIT_USAGE', message);
  }
  return [...known]
    .filter(([name]) => names.length === 0 || names.includes(name))
    .map(([model, each]) => ({ model, begin: (options) => new ModelReconciliation(each, trail, options) }));
}
