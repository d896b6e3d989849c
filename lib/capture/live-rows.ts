import type { Model, ModelStatic, Transaction } from 'sequelize';

import { internalsOf } from '../adapter/model';
import type { Where } from '../adapter/write-port';
import { passedOn, queryRows, Sql } from '../adapter/sql';
import type { AuditedModel } from './model/audited-model';
import type { Column, Row } from './model/columns';
import type { RawKey } from './writes/raw-key';
import type { ReadCall } from './writes/read-call';
import { RowReader } from './writes/row-reader';
import type { ReadOptions } from './writes/row-reader';
import { partsOf } from '../record/key';
import { driverError } from '../storage/dialect';

/** A row of the application's, and its key as the trail has it. */
export interface LiveRow {
  readonly key: string;
  readonly row: Row;
}

const WHOLE = /^-?\d+$/;
/** A key that was too long for the index, and is known by its digest only. */
const CAPPED = /~[0-9a-f]{64}$/;
const NUMBERS = /^(TINYINT|SMALLINT|MEDIUMINT|INTEGER|BIGINT)$/;

/** PostgreSQL's class of errors about data. */
function isNoValue(error: unknown): boolean {
  return driverError(error).code?.startsWith('22') === true;
}

/** Reads a model's table as it is, past scopes, hooks and marks of deletion. */
export class LiveRows {
  private readonly call: ReadCall;
  private readonly reader: RowReader;

  /** `model` says in which schema the table is: that of a tenant is not the audited model's own. */
  constructor(
    model: ModelStatic<Model>,
    private readonly audited: AuditedModel,
    columns: readonly Column[],
    transaction?: Transaction,
  ) {
    const sequelize = model.sequelize!;
    this.call = {
      audited,
      model,
      sequelize,
      table: internalsOf(model).getTableName(),
      sql: new Sql(sequelize),
      dialect: sequelize.getDialect(),
      readOptions: passedOn({ logging: false }, transaction),
    };
    this.reader = new RowReader(this.call, columns);
  }

  async count(): Promise<number> {
    const { sequelize, sql, table, readOptions } = this.call;
    const [row] = await queryRows(sequelize, `SELECT COUNT(*) AS n FROM ${sql.table(table)}`, readOptions);
    return Number(row?.['n'] ?? 0);
  }

  /** All rows, or those that meet a condition, in pages; those without a whole key are left out. */
  async *pages(page: number, where?: Where): AsyncGenerator<{ rows: LiveRow[]; keyless: number }> {
    for await (const images of this.reader.matching(where, { page })) {
      const rows = images.flatMap(({ row }) => this.live(row));
      yield { rows, keyless: images.length - rows.length };
    }
  }

  /** The rows of some keys, those that there are. `unasked` are keys that cannot be looked for. */
  async byKeys(
    keys: readonly string[],
    options: ReadOptions = {},
  ): Promise<{ rows: LiveRow[]; unasked: string[] }> {
    const asked = keys.flatMap((key) => {
      const raw = this.rawKey(key);
      return raw === undefined ? [] : [{ key, raw }];
    });
    const unasked = keys.filter((key) => !asked.some((each) => each.key === key));
    try {
      const images = await this.reader.byKeys(
        asked.map(({ raw }) => raw),
        options,
      );
      return { rows: images.flatMap(({ row }) => this.live(row)), unasked };
    } catch (error) {
      // PostgreSQL refuses what is no value of the column's type: a key of other times, when that was another.
      if (!isNoValue(error)) throw error;
      if (asked.length === 1) return { rows: [], unasked: keys.slice() };
      const each = await Promise.all(asked.map(({ key }) => this.byKeys([key], options)));
      return {
        rows: each.flatMap(({ rows }) => rows),
        unasked: [...unasked, ...each.flatMap((one) => one.unasked)],
      };
    }
  }

  private live(row: Row): LiveRow[] {
    const key = this.audited.keyOf(row);
    return key === null ? [] : [{ key, row }];
  }

  /** A key of the trail in the form that the database takes; undefined where that cannot be told from its text. */
  private rawKey(key: string): RawKey | undefined {
    const { keys } = this.audited.columns;
    if (CAPPED.test(key)) return undefined;
    const parts = keys.length === 1 ? { [keys[0]!.name]: key } : partsOf(key);
    const raw = keys.map((column) => this.rawPart(column, parts[column.name]));
    return raw.includes(undefined) ? undefined : raw;
  }

  private rawPart({ typeKey, attribute }: Column, text: unknown): unknown {
    if (typeof text !== 'string') return undefined;
    const isPostgres = this.call.dialect === 'postgres';
    if (NUMBERS.test(typeKey)) return WHOLE.test(text) ? text : undefined;
    if (typeKey === 'BLOB' || (attribute.type as { _binary?: boolean } | null)?._binary) {
      return isPostgres ? `\\x${text}` : Buffer.from(text, 'hex');
    }
    if (isPostgres) return text;
    if (typeKey === 'BOOLEAN') return text === 'true';
    if (typeKey === 'DATE') return /\.\d{3}Z$/.test(text) ? new Date(text) : undefined;
    return text;
  }
}
