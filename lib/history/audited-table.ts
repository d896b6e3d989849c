import type { Model, ModelStatic } from 'sequelize';

import { internalsOf, tableKey } from '../adapter/model';
import { AuditedModel } from '../capture/model/audited-model';
import { AuditError } from '../errors';

/**
 * How a model is audited whose rows and records belong together. Throws AUDIT_QUERY for that of a tenant (`schema()`):
 * a record does not say whose row it is about, and the past of one would be put back into another.
 */
export function auditedTable(model: ModelStatic<Model>): AuditedModel {
  const audited = AuditedModel.of(model)!;
  if (tableOf(model) === tableOf(audited.model)) return audited;
  throw new AuditError(
    'AUDIT_QUERY',
    `Records of ${model.name} do not tell the schemas of tenants apart, so that nothing is known of the past of ` +
      `${tableOf(model)}. Ask ${model.name} itself, without schema().`,
  );
}

function tableOf(model: ModelStatic<Model>): string {
  return tableKey(internalsOf(model).getTableName());
}
