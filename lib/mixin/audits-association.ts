import { Op } from 'sequelize';
import type { FindOptions, Model, ModelStatic } from 'sequelize';

import { AuditError } from '../errors';
import { internalsOf } from '../adapter/model';
import { addSeparateAssociation } from '../adapter/separate-association';
import type { Audit } from '../storage/audit-model';
import { trailOf } from '../trail/registry';
import { AuditedModel } from '../capture/model/audited-model';

/**
 * Makes `include: 'audits'` possible. Keys of the model are of any type and keys in the trail are text, so
 * that a JOIN would fail (PostgreSQL) or miss its index (MySQL, SQLite): the records are read in one
 * query of their own, which also works where the trail lives in another database.
 */
export function addAuditsAssociation(model: ModelStatic<Model>): void {
  addSeparateAssociation(model, {
    as: 'audits',
    target: () => trailOf(model.sequelize!).Audit,
    foreignKey: 'auditableId',
    get: (instances, options) => auditsOf(model, instances, options),
  });
}

async function auditsOf(
  model: ModelStatic<Model>,
  instances: readonly Model[],
  { where, order, limit, transaction }: FindOptions,
): Promise<Record<string, Audit[]>> {
  const { history } = trailOf(model.sequelize!);
  const attribute = keyAttributeOf(model);
  const audited = AuditedModel.of(model);
  const keyOf = (instance: Model): string => audited?.keyOfInstance(instance) ?? '';
  const keys = [...new Set(instances.map(keyOf))];
  const read = (key: string | string[]): Promise<Audit[]> =>
    history.of(model.name, key, {
      ...(where ? { where: { [Op.and]: [where] } } : {}),
      ...(order ? { order } : {}),
      ...(limit ? { limit } : {}),
      ...(transaction ? { transaction } : {}),
    });
  // A limit is meant for each instance.
  const audits = limit ? (await Promise.all(keys.map(read))).flat() : await read(keys);
  const byKey = new Map<string, Audit[]>(keys.map((key) => [key, []]));
  for (const audit of audits) byKey.get(audit.auditableId ?? '')?.push(audit);
  const found = Object.create(null) as Record<string, Audit[]>;
  for (const instance of instances) found[String(instance.get(attribute))] = byKey.get(keyOf(instance)) ?? [];
  return found;
}

function keyAttributeOf(model: ModelStatic<Model>): string {
  const [attribute, another] = internalsOf(model).primaryKeyAttributes ?? [];
  if (attribute !== undefined && another === undefined) return attribute;
  throw new AuditError(
    'AUDIT_OPTION',
    `include: 'audits' needs a primary key of one attribute, and ${model.name} has several. Use instance.getAudits().`,
  );
}
