import type { Sequelize, Transaction } from 'sequelize';

import type { Batch } from '../record/batch';

/** A connection of a database driver, as Sequelize hands it out; each dialect knows its own. */
export type DriverConnection = unknown;

export interface Written {
  inserted: number;
  /** Records that were there already. */
  duplicates: number;
}

/**
 * Writes what was prepared, through a connection. Calls `sent`, once or not at all, when the database is at work and
 * our thread may be as well: before that it would keep the database waiting.
 */
export type Prepared<T> = (connection: DriverConnection, sent: () => void) => Promise<T>;

export type DialectName = 'postgres' | 'mysql' | 'sqlite';

/** All that depends on the kind of database. One object per dialect, none with state. */
export interface Dialect {
  readonly name: DialectName;
  /** An expression for the server's clock in milliseconds since 1970. */
  readonly nowMs: string;
  /** Takes a lock that lasts as long as the transaction's connection holds it. */
  lockMigrations(sequelize: Sequelize, transaction: Transaction): Promise<void>;
  unlockMigrations(sequelize: Sequelize, transaction: Transaction): Promise<void>;
  /** Names of the columns of a table, none if it does not exist. */
  columnsOf(sequelize: Sequelize, table: string, transaction?: Transaction): Promise<string[]>;
  /** Deletes up to `:limit` of the oldest records from `:from` on and before `:before`. */
  readonly deleteOldest: string;
  /** A value of created_at in the form that comparisons in this database want. */
  timestamp(date: Date): string;
  /** An expression for created_at in that form. */
  readonly timestampText: string;
  /** A condition: the record bears the tag. `quoted` makes SQL of a text. */
  hasTag(tag: string, quoted: (text: string) => string): string;
  /** A condition: the column's JSON object has one of these keys. */
  hasKey(column: string, keys: readonly string[], quoted: (text: string) => string): string;
  /**
   * Makes of a batch what the database takes, to be written in one statement, each record once. This is the work of
   * our own thread, and can be done while the database is at another batch. Throws AUDIT_WIRE.
   */
  prepare(batch: Batch): Prepared<Written> | Promise<Prepared<Written>>;
  /**
   * A faster way in a transaction of ours. It fails, with {@link isDuplicate}, if a record is there already. What it
   * writes may be made as it goes, so that AUDIT_WIRE may come there too.
   */
  prepareNew?(batch: Batch): Prepared<number>;
  /** The record itself is refused: too long, of a wrong form. Anything else is the database's trouble. */
  isDataError(error: unknown): boolean;
  isDuplicate(error: unknown): boolean;
  /** The server answered, and will not let us in: wrong user, password or database name. */
  isRefusal(error: unknown): boolean;
  /** The user lacks a right to the table or the database. */
  isDenied(error: unknown): boolean;
  /** A table is missing: the migrations have not run. */
  isMissingTable(error: unknown): boolean;
}

/** Code and message of a driver's error, below what Sequelize wraps around it. */
export function driverError(error: unknown): {
  code?: string;
  errno?: number;
  sqlState?: string;
  message: string;
} {
  const inner = (error as { original?: unknown; parent?: unknown } | null)?.original ?? error;
  return (inner ?? { message: String(inner) }) as {
    code?: string;
    errno?: number;
    sqlState?: string;
    message: string;
  };
}
