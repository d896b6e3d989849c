import type { Model, ModelStatic } from 'sequelize';

import { buildStored } from '../adapter/model';
import type { AuditedModel } from '../capture/model/audited-model';
import { AuditError } from '../errors';
import type { Values } from '../record/values';
import { instanceForm } from './instance-form';

const WRITES = ['save', 'update', 'destroy', 'restore', 'increment', 'decrement', 'reload'];

/**
 * An instance that holds what its row held at a moment. Its getters, methods and virtual attributes work; what would
 * write it, or replace it by the present, throws AUDIT_PAST. Attributes that the model has no more are among its
 * `dataValues`.
 */
export function pastInstance(
  model: ModelStatic<Model>,
  audited: AuditedModel,
  values: Values,
  at: Date,
): Model {
  const { byName } = audited.columns;
  const held = Object.entries(values).map(([name, value]) => {
    const column = byName.get(name);
    return [name, column ? instanceForm(column, value) : value] as const;
  });
  const instance = buildStored(model, Object.fromEntries(held));
  for (const name of WRITES) {
    Object.defineProperty(instance, name, { value: refusal(model.name, name, at), configurable: true });
  }
  return instance;
}

function refusal(model: string, method: string, at: Date): () => Promise<never> {
  return () =>
    Promise.reject(
      new AuditError(
        'AUDIT_PAST',
        `This ${model} shows the state of ${at.toISOString()}: ${method}() would not be about the present. ` +
          'Load the record itself, and call its revertTo(…).',
      ),
    );
}
