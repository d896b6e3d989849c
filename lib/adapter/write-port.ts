import type { Model, ModelStatic, Sequelize, Transaction } from 'sequelize';

import type { TableName } from './model';

/** What a write was called with, as far as capture reads it; everything else passes through. */
export interface WriteOptions {
  transaction?: Transaction | null;
  type?: string;
  model?: ModelStatic<Model>;
  instance?: Model;
  audit?: unknown;
  limit?: unknown;
  returning?: unknown;
  truncate?: boolean;
  cascade?: boolean;
  ignoreDuplicates?: boolean;
  updateOnDuplicate?: readonly string[];
  upsertKeys?: readonly string[];
  conflictFields?: readonly string[];
  replacements?: unknown;
  logging?: unknown;
  benchmark?: unknown;
  searchPath?: unknown;
}

/** Values by the column's name. */
export type FieldValues = Record<string, unknown>;

/** `{ id: 1 }`, an SQL expression, or whatever else Sequelize takes for a condition; by the column's name. */
export type Where = object | string | number | undefined;

/**
 * The methods of the query interface that write rows: every write of a model passes one of them,
 * `hooks: false` included (facts: there is one object per Sequelize instance).
 */
export interface WritePort {
  insert(
    instance: Model | null,
    table: TableName,
    values: FieldValues,
    options: WriteOptions,
  ): Promise<unknown>;
  update(
    instance: Model,
    table: TableName,
    values: FieldValues,
    where: Where,
    options: WriteOptions,
  ): Promise<unknown>;
  delete(instance: Model, table: TableName, where: Where, options: WriteOptions): Promise<unknown>;
  bulkInsert(
    table: TableName,
    records: FieldValues[],
    options: WriteOptions | undefined,
    attributes: object | undefined,
  ): Promise<unknown>;
  bulkUpdate(
    table: TableName,
    values: FieldValues,
    where: Where,
    options: WriteOptions | undefined,
    attributes: object | undefined,
  ): Promise<unknown>;
  bulkDelete(
    table: TableName,
    where: Where,
    options: WriteOptions | undefined,
    model: ModelStatic<Model> | undefined,
  ): Promise<unknown>;
  upsert(
    table: TableName,
    insertValues: FieldValues,
    updateValues: FieldValues,
    where: Where,
    options: WriteOptions,
  ): Promise<unknown>;
  increment: Arithmetic;
  decrement: Arithmetic;
}

export type Arithmetic = (
  model: ModelStatic<Model>,
  table: TableName,
  where: Where,
  amounts: FieldValues,
  extra: FieldValues,
  options: WriteOptions,
) => Promise<unknown>;

/** Methods assigned to it are called by every model of the Sequelize instance. */
export function writePortOf(sequelize: Sequelize): WritePort {
  return sequelize.getQueryInterface() as unknown as WritePort;
}
