import type { Model, ModelStatic } from 'sequelize';

/** As much of a Sequelize 6 data type as the oracle needs. */
export interface ColumnType {
  readonly key: string;
  readonly _binary?: boolean;
  readonly _length?: number | string;
  /** The element's type of an ARRAY. */
  readonly type?: ColumnType;
  /** The element's name of a RANGE. */
  readonly _subtype?: string;
}

/** An attribute that is a column. */
export interface Column {
  readonly attribute: string;
  readonly field: string;
  readonly type: ColumnType;
}

export type Dialect = 'postgres' | 'mysql' | 'sqlite';

/** The columns of a model's table, by Sequelize's own public account of them. */
export function columnsOf(model: ModelStatic<Model>): Column[] {
  return Object.entries(model.getAttributes())
    .map(([attribute, options]) => ({
      attribute,
      field: (options as { field?: string }).field ?? attribute,
      type: options.type as unknown as ColumnType,
    }))
    .filter(({ type }) => type.key !== 'VIRTUAL');
}

/** MariaDB is `mysql`, whichever driver speaks to it. */
export function dialectOf(model: ModelStatic<Model>): Dialect {
  const dialect = model.sequelize!.getDialect();
  return dialect === 'postgres' || dialect === 'sqlite' ? dialect : 'mysql';
}

/** Whether a column holds bytes. STRING.BINARY does on PostgreSQL only: elsewhere it is text of another collation. */
export function isBinary({ key, _binary }: ColumnType, dialect: Dialect): boolean {
  return key === 'BLOB' || (dialect === 'postgres' && _binary === true);
}

/** The table's name, quoted, with its schema. */
export function quotedTable(model: ModelStatic<Model>): string {
  const queryInterface = model.sequelize!.getQueryInterface() as unknown as {
    queryGenerator: { quoteTable(table: unknown): string };
  };
  return queryInterface.queryGenerator.quoteTable(model.getTableName());
}

/** Quotes a name of a column. */
export function quoted(name: string, dialect: Dialect): string {
  return dialect === 'mysql' ? `\`${name}\`` : `"${name}"`;
}
