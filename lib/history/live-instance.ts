import type { FindOptions, Model, ModelStatic, Transaction } from 'sequelize';

import type { AuditedModel } from '../capture/model/audited-model';
import type { Row } from '../capture/model/columns';
import { instanceForm } from './instance-form';
import { liveRow } from './row-state';

/** A row that is there now: as capture reads it, and as an instance that can write it. */
export interface Live {
  readonly row: Row;
  readonly instance: Model;
}

/** The row of a key, locked until the transaction ends; past scopes, marked as deleted or not. Null if there is none. */
export async function liveInstance(
  model: ModelStatic<Model>,
  audited: AuditedModel,
  key: string,
  transaction: Transaction,
): Promise<Live | null> {
  // Under the lock from the first: MariaDB would otherwise show what the row was when the transaction began.
  const row = await liveRow(model, audited, key, { transaction, lock: 'key' });
  if (!row) return null;
  const where = Object.fromEntries(
    audited.columns.keys.map((column) => [column.name, instanceForm(column, row[column.name])]),
  );
  const options: FindOptions & { hooks: boolean } = {
    where,
    transaction,
    paranoid: false,
    hooks: false,
    lock: true,
  };
  const instance = await model.unscoped().findOne(options);
  return instance && { row, instance };
}
