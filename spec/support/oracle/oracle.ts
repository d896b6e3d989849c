import { QueryTypes } from 'sequelize';
import type { Model, ModelStatic, Sequelize, Transaction } from 'sequelize';

import { comparisonOf } from './cascades';
import { columnsOf, dialectOf, quotedTable } from './columns';
import { readRow, rowAsText } from './exact-text';
import { allRowsDeleted, CREATE_ORACLE, triggersFor } from './triggers';
import type { Operation } from './triggers';

/** A row by attribute, each value as its exact text: see rowAsText in exact-text.ts. */
export type Row = Record<string, string | null>;

/** One row that a statement inserted, updated or deleted, as the server saw it. */
export interface Change {
  /** Ascending as the server saw the changes; there is none for what dumps tell. */
  readonly seq?: number;
  readonly model: ModelStatic<Model>;
  readonly operation: Operation;
  readonly oldRow: Row | null;
  readonly newRow: Row | null;
}

interface StoredChange {
  seq: number | string;
  source: number;
  operation: Operation;
  old_row: string | null;
  new_row: string | null;
}

/**
 * What really happened to the tables of some models, told by row triggers in the database itself, in the
 * same transaction: what was rolled back is not there.
 *
 * Triggers do not see everything: MariaDB fires none for rows that its foreign keys change, nor for TRUNCATE.
 * {@link Oracle.dump} before and after tells in these cases, or {@link Oracle.tellTruncation} and
 * {@link Oracle.tellCascades}.
 */
export class Oracle {
  private constructor(
    private readonly sequelize: Sequelize,
    private readonly models: readonly ModelStatic<Model>[],
  ) {}

  /** The tables exist, and no oracle is there yet. */
  static async install(sequelize: Sequelize, models: readonly ModelStatic<Model>[]): Promise<Oracle> {
    const [first] = models;
    if (!first) throw new Error('An oracle needs a model.');
    const statements = models.flatMap((model, source) => triggersFor(model, source));
    for (const sql of [CREATE_ORACLE[dialectOf(first)], ...statements]) await sequelize.query(sql);
    return new Oracle(sequelize, models);
  }

  /** All changes so far. Updates that left the row as it was are none, although servers fire for them. */
  async changes(): Promise<Change[]> {
    const stored = await this.sequelize.query<StoredChange>(
      'SELECT seq, source, operation, old_row, new_row FROM oracle ORDER BY seq',
      { type: QueryTypes.SELECT },
    );
    return stored.filter(({ old_row, new_row }) => old_row !== new_row).map((change) => this.read(change));
  }

  /** Forgets all changes so far. */
  async clear(): Promise<void> {
    await this.sequelize.query('DELETE FROM oracle');
  }

  /** The number of the last change that a transaction sees; 0 where there is none. */
  async last(transaction?: Transaction): Promise<number> {
    const [row] = await this.sequelize.query<{ seq: number | string | null }>(
      'SELECT MAX(seq) AS seq FROM oracle',
      { type: QueryTypes.SELECT, ...(transaction ? { transaction } : {}) },
    );
    return Number(row?.seq ?? 0);
  }

  /** Forgets what came after a change, as something that is not to be recorded; in a transaction until it is rolled back. */
  async forget(after: number, transaction?: Transaction): Promise<void> {
    await this.sequelize.query(`DELETE FROM oracle WHERE seq > ${after}`, transaction ? { transaction } : {});
  }

  /** To be called right before a TRUNCATE, where it fires no triggers; elsewhere it does nothing. */
  async tellTruncation(model: ModelStatic<Model>, transaction?: Transaction): Promise<void> {
    if (dialectOf(model) !== 'mysql') return;
    const sql = allRowsDeleted(model, this.models.indexOf(model));
    await this.sequelize.query(sql, transaction ? { transaction } : {});
  }

  /**
   * Runs a delete whose cascades are told as well, where they fire no triggers: then always in a transaction.
   * For models with one key that does not change.
   */
  async tellCascades(
    work: (transaction?: Transaction) => Promise<unknown>,
    transaction?: Transaction,
  ): Promise<void> {
    if (dialectOf(this.models[0]!) !== 'mysql') await work(transaction);
    else if (transaction) await this.compared(() => work(transaction), transaction);
    else await this.sequelize.transaction((own) => this.compared(() => work(own), own));
  }

  private async compared(work: () => Promise<unknown>, transaction: Transaction): Promise<void> {
    const comparisons = this.models.map(comparisonOf);
    const last = await this.last(transaction);
    const query = (sql: string): Promise<unknown> => this.sequelize.query(sql, { transaction });
    for (const { copy } of comparisons) await query(copy);
    await work();
    for (const { tell } of comparisons) await query(tell(last));
    for (const { drop } of comparisons) await query(drop);
  }

  /** All rows of a model's table as they are now, deleted ones of paranoid models too; in no order. */
  async dump(model: ModelStatic<Model>): Promise<Row[]> {
    const dialect = dialectOf(model);
    const columns = columnsOf(model);
    const row = rowAsText(columns, dialect, '');
    // As text: the drivers would parse JSON.
    const text = dialect === 'sqlite' ? row : dialect === 'mysql' ? `CONCAT(${row})` : `(${row})::text`;
    const rows = await this.sequelize.query<{ json: string }>(
      `SELECT ${text} AS json FROM ${quotedTable(model)}`,
      { type: QueryTypes.SELECT },
    );
    return rows.map(({ json }) => readRow(json, columns, dialect));
  }

  private read({ seq, source, operation, old_row, new_row }: StoredChange): Change {
    const model = this.models[source];
    if (!model) throw new Error(`The oracle knows no model ${source}.`);
    const read = (json: string | null): Row | null =>
      json === null ? null : readRow(json, columnsOf(model), dialectOf(model));
    return { seq: Number(seq), model, operation, oldRow: read(old_row), newRow: read(new_row) };
  }
}

/** The changes that lead from one dump to another; rows are told apart by their keys, so that no key may have changed. */
export function changesBetween(
  model: ModelStatic<Model>,
  before: readonly Row[],
  after: readonly Row[],
): Change[] {
  const keyOf = (row: Row): string =>
    JSON.stringify(model.primaryKeyAttributes.map((attribute) => row[attribute]));
  const [olds, news] = [before, after].map((rows) => new Map(rows.map((row) => [keyOf(row), row])));
  return [...new Set([...olds!.keys(), ...news!.keys()])].flatMap((key): Change[] => {
    const [oldRow, newRow] = [olds!.get(key) ?? null, news!.get(key) ?? null];
    if (JSON.stringify(oldRow) === JSON.stringify(newRow)) return [];
    return [{ model, operation: !oldRow ? 'insert' : !newRow ? 'delete' : 'update', oldRow, newRow }];
  });
}
