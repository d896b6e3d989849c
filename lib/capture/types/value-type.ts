import type { AttributeType } from '../../adapter/model';

/** Stands for a value that only the database knows: an SQL expression, or one that it will coerce, round or normalise. */
export const UNKNOWN: unique symbol = Symbol('known to the database only');

/** The kinds of SQL that we speak; `mysql` is MariaDB as well, with either driver. */
export type Dialect = 'postgres' | 'mysql' | 'sqlite';

/**
 * What a value of an attribute is, in the form that the trail keeps: the same one, whether it comes from an
 * instance or from any of the drivers, so that values can be compared. None of the functions throws or
 * needs `this`.
 */
export interface ValueType {
  /** The expression that reads a column (quoted SQL, like `"t"."price"`) without loss. */
  readonly read: (column: string) => string;
  /** What the driver gave for {@link read} in a raw query. Null stays null; what cannot be read stays as it is. */
  readonly fromDatabase: (raw: unknown) => unknown;
  /**
   * What an instance holds, after its setters, before or after it was saved; {@link UNKNOWN} where only the
   * database knows what becomes of it. Null and undefined stay what they are. Presumes that the database
   * refuses what a column cannot hold, as all do by default (MySQL and MariaDB: strict `sql_mode`).
   */
  readonly fromInstance: (value: unknown) => unknown;
  /** Whether two values in the trail's form are the same for this type. {@link UNKNOWN} equals nothing. */
  readonly equal: (a: unknown, b: unknown) => boolean;
}

/**
 * What is particular to a type. Its functions see neither null nor undefined nor SQL expressions, and may
 * throw. What is left out is this: the column itself, the value itself, `===`.
 */
export type Particulars = Partial<ValueType>;

export interface TypeContext {
  readonly dialect: Dialect;
  /** Sequelize's option: an offset, or the name of a zone. */
  readonly timezone: string;
  /** For elements and bounds. */
  readonly valueTypeOf: (type: unknown) => ValueType;
}

export type TypeMaker = (type: AttributeType, context: TypeContext) => Particulars;

/** PostgreSQL's text of a value, past the parsers of driver and application. */
export function asText(column: string): string {
  return `${column}::text`;
}

/** The same for MySQL and MariaDB. */
export function asChar(column: string): string {
  return `CAST(${column} AS CHAR)`;
}

/** SQLite's driver gives integers as doubles, which lose digits above 2^53; a real as text would lose some as well. */
export function exactNumber(column: string): string {
  return `CASE typeof(${column}) WHEN 'integer' THEN CAST(${column} AS TEXT) ELSE ${column} END`;
}
