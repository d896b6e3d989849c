import { QueryTypes } from 'sequelize';
import type { Transaction } from 'sequelize';
import type { Umzug } from 'umzug';

import { migrations } from '../../migrations';
import { AuditError, messageOf } from '../errors';
import { COLUMNS } from '../record/wire';
import type { Database } from './database';
import type { Migration } from './migration';

/** Names of migrations, in order. */
export interface MigrationStatus {
  executed: string[];
  pending: string[];
}

const TABLE = 'audit_migrations';

/**
 * Runs our migrations through umzug, all of a run on one connection and under a lock, so that two at
 * once do no harm and a pool of one suffices. Nothing is registered on the user's Sequelize instance.
 */
export class Migrator {
  constructor(private readonly database: Database) {}

  /** Runs what is pending; the names of what ran. Throws AUDIT_MIGRATION. */
  async up(): Promise<string[]> {
    await this.database.prepare();
    return this.locked((umzug) => umzug.up());
  }

  /** Takes back the latest migration, or all of them. Drops the tables that they made, with what these hold. */
  down(options: { all?: boolean } = {}): Promise<string[]> {
    return this.locked((umzug) => umzug.down(options.all ? { to: 0 } : {}));
  }

  async status(): Promise<MigrationStatus> {
    const executed = await this.database.transaction((transaction) => this.executed(transaction));
    return {
      executed,
      pending: migrations.map(({ name }) => name).filter((name) => !executed.includes(name)),
    };
  }

  /** Throws AUDIT_NOT_MIGRATED, with the command that mends it. */
  async assertMigrated(): Promise<void> {
    const { pending } = await this.status();
    if (pending.length > 0) {
      throw new AuditError(
        'AUDIT_NOT_MIGRATED',
        `The audit tables in ${this.database.describe()} are missing or out of date. ` +
          'Run "npx audit migrate", or await trail.migrate().',
      );
    }
  }

  private async locked(run: (umzug: Umzug<Transaction>) => Promise<{ name: string }[]>): Promise<string[]> {
    const { dialect, sequelize } = this.database;
    try {
      return await this.database.transaction(async (transaction) => {
        await dialect.lockMigrations(sequelize, transaction);
        try {
          const names = `CREATE TABLE IF NOT EXISTS ${TABLE} (name varchar(255) NOT NULL PRIMARY KEY)`;
          await sequelize.query(names, { transaction });
          return (await run(await this.umzug(transaction))).map(({ name }) => name);
        } finally {
          await dialect.unlockMigrations(sequelize, transaction);
        }
      });
    } catch (error) {
      const cause = rootCause(error);
      if (cause instanceof AuditError) throw cause;
      const message = `Migrating ${this.database.describe()} failed: ${messageOf(cause)}.`;
      throw new AuditError('AUDIT_MIGRATION', message, { cause: error });
    }
  }

  private async umzug(transaction: Transaction): Promise<Umzug<Transaction>> {
    // Only now: it brings a command line of its own, six megabytes that an application which is migrated does not need.
    const { Umzug } = await import('umzug');
    const query = (sql: string, name: string): Promise<unknown> =>
      this.database.sequelize.query(sql, { replacements: { name }, transaction });
    return new Umzug<Transaction>({
      migrations: migrations.map((migration) => ({
        name: migration.name,
        up: () => this.create(migration, transaction),
        down: () => this.run(migration.down ?? dropping(migration.table), transaction),
      })),
      context: transaction,
      storage: {
        logMigration: async ({ name }) => {
          // It may be there, of a table that somebody has dropped.
          await query(`DELETE FROM ${TABLE} WHERE name = :name`, name);
          await query(`INSERT INTO ${TABLE} (name) VALUES (:name)`, name);
        },
        unlogMigration: async ({ name }) =>
          void (await query(`DELETE FROM ${TABLE} WHERE name = :name`, name)),
        executed: () => this.executed(transaction),
      },
      logger: undefined,
    });
  }

  private async create(migration: Migration, transaction: Transaction): Promise<void> {
    if (migration.table === 'audits') await this.assertNotForeign(transaction);
    await this.run(migration.up, transaction);
  }

  private async run(steps: Migration['up'], transaction: Transaction): Promise<void> {
    const { dialect, sequelize } = this.database;
    for (const sql of steps[dialect.name]) await sequelize.query(sql, { transaction });
  }

  /** A table of our name that somebody else made is left alone. */
  private async assertNotForeign(transaction: Transaction): Promise<void> {
    const { dialect, sequelize } = this.database;
    const columns = await dialect.columnsOf(sequelize, 'audits', transaction);
    const missing = COLUMNS.filter((column) => !columns.includes(column));
    if (columns.length === 0 || missing.length === 0) return;
    throw new AuditError(
      'AUDIT_MIGRATION',
      `${this.database.describe()} has a table "audits" that is not ours (it lacks ${missing.join(', ')}). ` +
        'Rename it, or keep the trail in a database of its own with AUDIT_DATABASE_URL.',
    );
  }

  private async executed(transaction: Transaction): Promise<string[]> {
    const { dialect, sequelize } = this.database;
    if ((await dialect.columnsOf(sequelize, TABLE, transaction)).length === 0) return [];
    const sql = `SELECT name FROM ${TABLE} ORDER BY name`;
    const rows = await sequelize.query<{ name: string }>(sql, { transaction, type: QueryTypes.SELECT });
    const names = rows.map(({ name }) => name);
    // What is written down counts only while its table is there.
    const executed: string[] = [];
    for (const { name, table } of migrations) {
      if (names.includes(name) && (await this.isThere(table, transaction))) executed.push(name);
    }
    return executed;
  }

  /** MariaDB and MySQL show no columns to a user without a right to the table; then what is written down has to do. */
  private async isThere(table: string, transaction: Transaction): Promise<boolean> {
    const { dialect, sequelize } = this.database;
    if ((await dialect.columnsOf(sequelize, table, transaction)).length > 0) return true;
    if (dialect.name !== 'mysql') return false;
    try {
      await sequelize.query(`SELECT 1 FROM ${table} WHERE 1 = 0`, { transaction, type: QueryTypes.SELECT });
      return true;
    } catch (error) {
      if (dialect.isMissingTable(error)) return false;
      if (dialect.isDenied(error)) return true;
      throw error;
    }
  }
}

function dropping(table: string): Migration['up'] {
  const drop = [`DROP TABLE IF EXISTS ${table}`];
  return { postgres: drop, mysql: drop, sqlite: drop };
}

/** umzug wraps what a migration threw. */
function rootCause(error: unknown): unknown {
  const cause = (error as { cause?: unknown } | null)?.cause;
  return cause ? rootCause(cause) : error;
}
