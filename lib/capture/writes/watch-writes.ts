import type { Model, ModelStatic, Sequelize } from 'sequelize';

import { deleteRow, destroyChildren } from '../../adapter/destroy';
import { internalsOf, modelOf, modelsOf, tableKey } from '../../adapter/model';
import type { TableName } from '../../adapter/model';
import { writePortOf } from '../../adapter/write-port';
import type { Arithmetic, WriteOptions, WritePort } from '../../adapter/write-port';
import { AuditedModel } from '../model/audited-model';
import { insertSet } from './bulk-insert';
import { orPlain } from './fallback';
import { deleteInstance, insertInstance, updateInstance } from './instance-writes';
import { keptValues } from './kept-values';
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
    const write = (own: WriteOptions, kept = values): Promise<unknown> =>
      plain.insert(instance, table, kept, own);
    const audited = instance ? AuditedModel.of(modelOf(instance)) : byTable(sequelize, table);
    return captured(audited, table, options, write, (call) => {
      const kept = keptValues(call, values);
      if (instance) return insertInstance(call, plain, instance, kept);
      return mergeRows(call, [kept], (own) => write(own, kept));
    });
  };
  port.update = (instance, table, values, where, options) =>
    captured(
      AuditedModel.of(modelOf(instance)),
      table,
      options,
      () => plain.update(instance, table, values, where, options),
      (call) => updateInstance(call, plain, instance, keptValues(call, values), where),
    );
  port.delete = async (instance, table, where, options) => {
    const audited = AuditedModel.of(modelOf(instance));
    if (!audited) return plain.delete(instance, table, where, options);
    await destroyChildren(instance, options);
    return captured(
      audited,
      table,
      options,
      (own) => deleteRow(instance, table, where, own),
      (call) => deleteInstance(call, instance, where),
    );
  };
  port.bulkInsert = (table, records, options, attributes) =>
    captured(
      ofTable(sequelize, table, options?.model),
      table,
      options,
      () => plain.bulkInsert(table, records, options, attributes),
      (call) => {
        const kept = records.map((values) => keptValues(call, values));
        return insertSet(call, plain, kept, attributes);
      },
    );
  port.bulkUpdate = (table, values, where, options, attributes) =>
    captured(
      ofTable(sequelize, table, options?.model),
      table,
      options,
      () => plain.bulkUpdate(table, values, where, options, attributes),
      (call) => updateSet(call, plain, keptValues(call, values), where, attributes),
    );
  port.bulkDelete = (table, where, options, model) =>
    captured(
      ofTable(sequelize, table, model ?? options?.model),
      table,
      options,
      () => plain.bulkDelete(table, where, options, model),
      (call) => deleteSet(call, plain, where, model),
    );
  port.upsert = (table, insertValues, updateValues, where, options) =>
    captured(
      ofTable(sequelize, table, options.model),
      table,
      options,
      () => plain.upsert(table, insertValues, updateValues, where, options),
      (call) => upsertRow(call, plain, keptValues(call, insertValues), keptValues(call, updateValues), where),
    );
  port.increment = counter('+', plain.increment);
  port.decrement = counter('-', plain.decrement);
}

/** The write with its records, or the plain one where nothing is to be captured. */
function captured(
  audited: AuditedModel | undefined,
  table: TableName,
  options: WriteOptions | undefined,
  write: (options: WriteOptions) => Promise<unknown>,
  capture: (call: WriteCall) => Promise<unknown>,
): Promise<unknown> {
  const call = WriteCall.begin(audited, table, options);
  if (!call) return write(options as WriteOptions);
  return orPlain(
    call,
    () => capture(call),
    () => write(options as WriteOptions),
  );
}

function counter(operator: '+' | '-', write: Arithmetic): Arithmetic {
  return (model, table, where, amounts, extra, options) =>
    captured(
      AuditedModel.of(model),
      table,
      options,
      () => write(model, table, where, amounts, extra, options),
      (call) =>
        addToSet(
          call,
          operator,
          (within, condition) => write(model, within.table, condition, amounts, extra, within.options),
          where,
          amounts,
          extra,
        ),
    );
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
