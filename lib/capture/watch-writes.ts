import type { Model, ModelStatic, Sequelize } from 'sequelize';

import { internalsOf, modelOf, modelsOf, tableKey } from '../adapter/model';
import type { TableName } from '../adapter/model';
import { writePortOf } from '../adapter/write-port';
import type { Arithmetic, WritePort } from '../adapter/write-port';
import { AuditedModel } from './audited-model';
import { insertSet } from './bulk-insert';
import { deleteInstance, insertInstance, updateInstance } from './instance-writes';
import { mergeRows, upsertRow } from './merge';
import { addToSet, deleteSet, updateSet } from './set-writes';
import { WriteCall } from './write-call';

const watched = new WeakSet<Sequelize>();

/**
 * Captures at the one place that every write of every model passes: the methods of Sequelize's query
 * interface. Hooks see a part of the writes (none for counters, no rows for sets, nothing with `hooks: false`), and
 * values that the row never held. Here each write comes by once, with the values that are sent. A write of a
 * model that is not audited passes with one look at its class.
 */
export function watchWrites(sequelize: Sequelize): void {
  if (watched.has(sequelize)) return;
  watched.add(sequelize);
  const port = writePortOf(sequelize);
  const plain = plainOf(port);

  port.insert = (instance, table, values, options) => {
    const call = WriteCall.begin(
      instance ? AuditedModel.of(modelOf(instance)) : byTable(sequelize, table),
      table,
      options,
    );
    if (!call) return plain.insert(instance, table, values, options);
    if (instance) return insertInstance(call, plain, instance, values);
    return mergeRows(call, [values], (own) => plain.insert(null, table, values, own));
  };
  port.update = (instance, table, values, where, options) => {
    const call = WriteCall.begin(AuditedModel.of(modelOf(instance)), table, options);
    if (!call) return plain.update(instance, table, values, where, options);
    return updateInstance(call, plain, instance, values, where);
  };
  port.delete = (instance, table, where, options) => {
    const call = WriteCall.begin(AuditedModel.of(modelOf(instance)), table, options);
    if (!call) return plain.delete(instance, table, where, options);
    return deleteInstance(call, plain, instance, where);
  };
  port.bulkInsert = (table, records, options, attributes) => {
    const call = WriteCall.begin(ofTable(sequelize, table, options?.model), table, options);
    if (!call) return plain.bulkInsert(table, records, options, attributes);
    return insertSet(call, plain, records, attributes);
  };
  port.bulkUpdate = (table, values, where, options, attributes) => {
    const call = WriteCall.begin(ofTable(sequelize, table, options?.model), table, options);
    if (!call) return plain.bulkUpdate(table, values, where, options, attributes);
    return updateSet(call, plain, values, where, attributes);
  };
  port.bulkDelete = (table, where, options, model) => {
    const call = WriteCall.begin(ofTable(sequelize, table, model ?? options?.model), table, options);
    if (!call) return plain.bulkDelete(table, where, options, model);
    return deleteSet(call, plain, where, model);
  };
  port.upsert = (table, insertValues, updateValues, where, options) => {
    const call = WriteCall.begin(ofTable(sequelize, table, options.model), table, options);
    if (!call) return plain.upsert(table, insertValues, updateValues, where, options);
    return upsertRow(call, plain, insertValues, updateValues, where);
  };
  port.increment = counter('+', plain.increment);
  port.decrement = counter('-', plain.decrement);
}

function counter(operator: '+' | '-', write: Arithmetic): Arithmetic {
  return (model, table, where, amounts, extra, options) => {
    const call = WriteCall.begin(AuditedModel.of(model), table, options);
    if (!call) return write(model, table, where, amounts, extra, options);
    return addToSet(
      call,
      operator,
      (within, condition) => write(model, within.table, condition, amounts, extra, within.options),
      where,
      amounts,
      extra,
    );
  };
}

/** The methods as they were, still called on the query interface. */
function plainOf(port: WritePort): WritePort {
  return {
    insert: port.insert.bind(port),
    update: port.update.bind(port),
    delete: port.delete.bind(port),
    bulkInsert: port.bulkInsert.bind(port),
    bulkUpdate: port.bulkUpdate.bind(port),
    bulkDelete: port.bulkDelete.bind(port),
    upsert: port.upsert.bind(port),
    increment: port.increment.bind(port),
    decrement: port.decrement.bind(port),
  };
}

function ofTable(
  sequelize: Sequelize,
  table: TableName,
  model: ModelStatic<Model> | undefined,
): AuditedModel | undefined {
  return model ? AuditedModel.of(model) : byTable(sequelize, table);
}

/** Who calls the query interface directly names a table only. */
function byTable(sequelize: Sequelize, table: TableName): AuditedModel | undefined {
  const name = tableKey(table);
  const model = modelsOf(sequelize).find((each) => tableKey(internalsOf(each).getTableName()) === name);
  return AuditedModel.of(model);
}
