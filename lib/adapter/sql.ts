import { Utils } from 'sequelize';
import type { Model, ModelStatic, Sequelize, Transaction } from 'sequelize';

import type { TableName } from './model';
import type { FieldValues, Where, WriteOptions } from './write-port';

/** A statement with the values that go with it, even if there are none; without `bind`, its text holds them. */
export interface Statement {
  readonly query: string;
  readonly bind?: unknown[] | undefined;
}

/** The part of Sequelize's query generator that is used: it knows how each database spells tables, values and conditions. */
interface Generator {
  quoteTable(table: TableName): string;
  quoteIdentifier(name: string): string;
  escape(value: unknown, attribute?: object): string;
  bindParam(bind: unknown[]): (value: unknown) => string;
  whereItemsQuery(where: unknown, options: object): string;
  getWhereConditions(where: unknown, prefix: null, model: unknown, options: object): string;
  generateReturnValues(attributes: object | null, options: object): { returnFields: string[] };
  updateQuery(
    table: TableName,
    values: FieldValues,
    where: object,
    options: object,
    attributes: object | undefined,
  ): Statement | '';
  arithmeticQuery(
    operator: '+' | '-',
    table: TableName,
    where: object,
    amounts: FieldValues,
    extra: FieldValues,
    options: object,
  ): string;
}

/** A condition on attributes as one on columns, which is what statements take. */
export function conditionOn(model: ModelStatic<Model>, where: object | undefined): Where {
  const utils = Utils as unknown as { mapWhereFieldNames(where: object, model: ModelStatic<Model>): object };
  return where && utils.mapWhereFieldNames(where, model);
}

/** Writes SQL in the words of one Sequelize instance. */
export class Sql {
  private readonly generator: Generator;

  constructor(readonly sequelize: Sequelize) {
    this.generator = sequelize.getQueryInterface().queryGenerator as Generator;
  }

  table(table: TableName): string {
    return this.generator.quoteTable(table);
  }

  /** The name by which a statement's own columns are qualified: without the schema. */
  tableAlias(table: TableName): string {
    return this.generator.quoteIdentifier(typeof table === 'string' ? table : table.tableName);
  }

  name(identifier: string): string {
    return this.generator.quoteIdentifier(identifier);
  }

  literal(value: unknown, attribute?: object): string {
    return this.generator.escape(value, attribute);
  }

  /** SQL that Sequelize takes as a value. */
  expression(text: string): object {
    return (this.sequelize.constructor as unknown as { literal(text: string): object }).literal(text);
  }

  /** The condition with its values in the text, written by the model's types if there is one; empty where there is no condition. */
  condition(where: Where, model?: ModelStatic<Model>): string {
    return this.generator.getWhereConditions(where, null, model, model ? { model } : {}) ?? '';
  }

  /** The condition with its values bound, after those that `bind` holds already. */
  boundCondition(where: Where, model: ModelStatic<Model>, bind: unknown[]): string {
    return this.generator.whereItemsQuery(where, { model, bindParam: this.generator.bindParam(bind) });
  }

  /** `UPDATE … SET …` without a condition, its values bound where `bind` is given; empty where nothing is set. */
  update(
    table: TableName,
    values: FieldValues,
    options: WriteOptions,
    attributes: object | undefined,
    bind: unknown[] | undefined,
  ): string {
    const bindParam = bind ? this.generator.bindParam(bind) : false;
    const own = { ...options, bindParam, returning: false, limit: undefined };
    const statement = this.generator.updateQuery(table, values, {}, own, attributes);
    return statement === '' ? '' : statement.query;
  }

  /** `UPDATE … SET a = a + 1 …` without a condition. */
  arithmetic(operator: '+' | '-', table: TableName, amounts: FieldValues, extra: FieldValues): string {
    return this.generator.arithmeticQuery(operator, table, {}, amounts, extra, { returning: false });
  }

  /** The columns that the caller's `returning` names, as Sequelize would return them. */
  returnedColumns(attributes: object | undefined, options: WriteOptions): string[] {
    return options.returning
      ? this.generator.generateReturnValues(attributes ?? null, options).returnFields
      : [];
  }
}

/** Options that a statement of ours takes over from the write it belongs to. */
export function passedOn(options: WriteOptions | undefined, transaction: Transaction | undefined): object {
  const { logging, benchmark, searchPath, replacements } = options ?? {};
  const given = Object.entries({ logging, benchmark, searchPath, replacements });
  return {
    ...Object.fromEntries(given.filter(([, value]) => value !== undefined)),
    // Null, so that Sequelize's CLS does not put it into a transaction.
    transaction: transaction ?? null,
  };
}

export type RawRow = Record<string, unknown>;

/** Runs a statement that returns rows, and gives them as the driver hands them out, past models, scopes and hooks. */
export async function queryRows(sequelize: Sequelize, sql: string, options: object): Promise<RawRow[]> {
  // Without the names of tables Sequelize asks SQLite for their columns before each SELECT.
  return (await sequelize.query(sql, {
    ...options,
    type: 'SELECT',
    raw: true,
    // A replica may not have what was just written.
    useMaster: true,
    tableNames: [],
  } as object)) as RawRow[];
}

/** Runs a writing statement that returns rows. Its errors are those that Sequelize makes of the write's own. */
export async function writeRaw(
  sequelize: Sequelize,
  statement: Statement,
  options: WriteOptions,
  transaction: Transaction | undefined,
): Promise<RawRow[]> {
  const answer = await sequelize.query(statement.query, {
    ...options,
    ...(statement.bind ? { bind: statement.bind } : {}),
    transaction: transaction ?? null,
    // Rows as they come; the model and the instance stay for the messages of errors.
    type: 'RAW',
    plain: false,
    mapToModel: false,
    tableNames: [],
  } as object);
  return (answer as unknown as [RawRow[]])[0];
}

/** Runs a `DELETE … RETURNING` of MariaDB or SQLite, and gives the rows as {@link queryRows} does. */
export async function deletedRows(sequelize: Sequelize, sql: string, options: object): Promise<RawRow[]> {
  if (sequelize.getDialect() !== 'mariadb') return queryRows(sequelize, sql, options);
  // MariaDB answers without rows, not with none, where it sees that a condition is never met, as `IN (NULL)`; of a
  // SELECT Sequelize takes that for rows, and it may send it to a replica. This type's answer it hands on as it is.
  const answer: unknown = await sequelize.query(sql, { ...options, type: 'SHOWCONSTRAINTS' } as object);
  return Array.isArray(answer) ? (answer as RawRow[]) : [];
}

interface QueryClass {
  new (
    connection: undefined,
    sequelize: Sequelize,
    options: object,
  ): { handleSelectQuery(rows: RawRow[]): unknown };
}

/** What Sequelize makes of returned rows for the caller of `Model.update(…, { returning: true })`: instances, or rows. */
export function formatRows(sequelize: Sequelize, rows: RawRow[], options: WriteOptions): unknown {
  const { Query } = (sequelize as unknown as { dialect: { Query: QueryClass } }).dialect;
  const fieldMap =
    (options.model as unknown as { fieldAttributeMap?: object } | undefined)?.fieldAttributeMap ?? {};
  const defaults = {
    logging: false,
    ...(sequelize as unknown as { options: { query?: object } }).options.query,
  };
  return new Query(undefined, sequelize, {
    ...defaults,
    ...options,
    logging: false,
    fieldMap,
  }).handleSelectQuery(rows);
}
