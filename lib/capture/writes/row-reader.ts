import { Op } from 'sequelize';

import { queryRows } from '../../adapter/sql';
import type { RawRow } from '../../adapter/sql';
import type { Where } from '../../adapter/write-port';
import type { Column, Row } from '../model/columns';
import type { WriteCall } from './write-call';

/** A row's primary key in a form that the database takes back exactly, one value a key column. */
export type RawKey = readonly unknown[];

/** A row as it was read. */
export interface Image {
  readonly key: RawKey;
  /** The key as one text, to find the same row again. */
  readonly id: string;
  readonly row: Row;
  /** The key that the statement will give the row, where it writes key columns. */
  readonly nextKey?: RawKey;
  /** Whether this transaction has inserted the row; told on PostgreSQL where asked for. */
  readonly isNew?: boolean;
}

export interface ReadOptions {
  /** Locks the rows as the statement that follows will; `'keepingKeys'` where rows of others may still refer to them. */
  readonly lock?: boolean | 'keepingKeys';
  readonly limit?: number | undefined;
  /** PostgreSQL: tells rows that were inserted from those that were updated (xmax). */
  readonly tellsNew?: boolean;
  /** Columns to sort by, as SQL. */
  readonly order?: string;
  /** Expressions, by key column, that the statement will assign. */
  readonly nextKey?: ReadonlyMap<Column, string>;
}

const PAGE = 10_000;
const EXACT = /INT|^(STRING|CHAR|TEXT|CITEXT|UUID.*|ENUM)$/;

/**
 * Reads rows of a write's table, past the model's scopes and hooks, without loss: each column by the
 * expression that its type asks for, keys as the database takes them back.
 */
export class RowReader {
  constructor(
    private readonly call: WriteCall,
    private readonly columns: readonly Column[],
  ) {}

  /** Rows that meet a condition of the write's own. */
  where(where: Where, options: ReadOptions = {}): Promise<Image[]> {
    return this.read(this.call.sql.condition(where, this.call.model), options);
  }

  /** No more than the keys of such rows, of which there may be very many. */
  async keysWhere(where: Where, options: ReadOptions): Promise<RawKey[]> {
    const { sql, model } = this.call;
    const keys: RawKey[] = [];
    for await (const page of this.pages(sql.condition(where, model), options)) {
      for (const raw of page) keys.push(this.keyFrom(raw, 'k'));
    }
    return keys;
  }

  /** All rows of the table, in pages. */
  async *all(): AsyncGenerator<Image[]> {
    for await (const page of this.pages('', {})) yield page.map((raw) => this.image(raw));
  }

  /** Rows by their keys; those that are gone are missing. */
  byKeys(keys: readonly RawKey[], options: ReadOptions = {}): Promise<Image[]> {
    return keys.length === 0 ? Promise.resolve([]) : this.where(this.whereKeys(keys), options);
  }

  /**
   * One row for each condition on all of a unique key, in one statement. Of a small table MySQL reads, and locks,
   * all rows for a list of keys; for a single one it goes to the row.
   */
  async each(conditions: readonly Where[], options: ReadOptions = {}): Promise<Image[]> {
    if (conditions.length === 0) return [];
    const { sql, model, sequelize, readOptions } = this.call;
    const texts = conditions.map((where) => `(${this.select(sql.condition(where, model), options)})`);
    const rows = await queryRows(sequelize, texts.join(' UNION ALL '), readOptions);
    return rows.map((raw) => this.image(raw));
  }

  /** The condition that names rows by their keys. */
  whereKeys(keys: readonly RawKey[]): Where {
    const fields = this.keys.map(({ field }) => field);
    const [only] = fields;
    if (only !== undefined && fields.length === 1)
      return { [only]: { [Op.in]: keys.map(([value]) => value) } };
    return {
      [Op.or]: keys.map((key) => Object.fromEntries(fields.map((field, index) => [field, key[index]]))),
    };
  }

  /** What is selected or returned of a row: `expression AS alias`, read again by {@link image}. */
  selection(prefix = ''): string[] {
    const { sql } = this.call;
    const qualified = ({ field }: Column): string => `${prefix}${sql.name(field)}`;
    return [
      ...this.keys.map(
        (key, index) => `${this.keyExpression(key, qualified(key))} AS ${sql.name(`~k${index}`)}`,
      ),
      ...this.columns.map(
        (column, index) => `${column.type.read(qualified(column))} AS ${sql.name(`~c${index}`)}`,
      ),
    ];
  }

  image(raw: RawRow): Image {
    const key = this.keyFrom(raw, 'k');
    return {
      key,
      id: idOfKey(key),
      row: this.rowFrom(raw),
      ...('~n0' in raw ? { nextKey: this.keyFrom(raw, 'n') } : {}),
      ...('~x' in raw ? { isNew: raw['~x'] === '0' } : {}),
    };
  }

  rowFrom(raw: RawRow): Row {
    const row: Row = {};
    for (const [index, { name, type }] of this.columns.entries()) {
      row[name] = type.fromDatabase(raw[`~c${index}`]);
    }
    return row;
  }

  /** In the order of their keys, so that each page begins where the one before it ended. */
  private async *pages(
    condition: string,
    { limit = Infinity, ...options }: ReadOptions,
  ): AsyncGenerator<RawRow[]> {
    const fields = this.keys.map(({ field }) => this.call.sql.name(field)).join(', ');
    const isPaged = this.keys.every((key) => this.isExact(key));
    let last: RawRow | undefined;
    for (let left = limit; left > 0;) {
      const size = isPaged ? Math.min(left, PAGE) : left;
      const follows = last && `(${fields}) > (${this.literals(last)})`;
      const page = await this.rows([condition && `(${condition})`, follows].filter(Boolean).join(' AND '), {
        ...options,
        order: fields,
        limit: size === Infinity ? undefined : size,
      });
      yield page;
      last = page.at(-1);
      left = page.length < size ? 0 : left - page.length;
    }
  }

  private literals(raw: RawRow): string {
    const key = this.keyFrom(raw, 'k');
    return this.keys.map(({ attribute }, index) => this.call.sql.literal(key[index], attribute)).join(', ');
  }

  /** Whether what is read of a key is all of it, so that it can be told what comes after. */
  private isExact({ typeKey }: Column): boolean {
    return this.call.dialect === 'postgres' || EXACT.test(typeKey);
  }

  private async read(condition: string, options: ReadOptions): Promise<Image[]> {
    return (await this.rows(condition, options)).map((raw) => this.image(raw));
  }

  private rows(condition: string, options: ReadOptions): Promise<RawRow[]> {
    const { sequelize, readOptions } = this.call;
    return queryRows(sequelize, this.select(condition, options), readOptions);
  }

  private select(condition: string, { lock, limit, order, nextKey, tellsNew }: ReadOptions): string {
    const { sql, table, dialect } = this.call;
    const next = nextKey
      ? this.keys.map((key, index) => {
          const value = nextKey.get(key) ?? sql.name(key.field);
          return `${this.keyExpression(key, `(${value})`)} AS ${sql.name(`~n${index}`)}`;
        })
      : [];
    const mark = tellsNew ? [`xmax::text AS ${sql.name('~x')}`] : [];
    return (
      `SELECT ${[...this.selection(), ...next, ...mark].join(', ')} FROM ${sql.table(table)}` +
      (condition ? ` WHERE ${condition}` : '') +
      (order ? ` ORDER BY ${order}` : '') +
      (limit === undefined ? '' : ` LIMIT ${limit}`) +
      (lock && dialect !== 'sqlite' ? lockClause(lock, dialect) : '')
    );
  }

  private get keys(): readonly Column[] {
    return this.call.audited.columns.keys;
  }

  private keyFrom(raw: RawRow, letter: 'k' | 'n'): RawKey {
    return this.keys.map((_, index) => raw[`~${letter}${index}`]);
  }

  /** PostgreSQL takes any key back as text; elsewhere only large integers lose digits on the way. */
  private keyExpression({ type, typeKey }: Column, column: string): string {
    if (this.call.dialect === 'postgres') return `(${column})::text`;
    return typeKey === 'BIGINT' ? type.read(column) : column;
  }
}

function lockClause(lock: true | 'keepingKeys', dialect: string): string {
  return lock === 'keepingKeys' && dialect === 'postgres' ? ' FOR NO KEY UPDATE' : ' FOR UPDATE';
}

export function idOfKey(key: RawKey): string {
  return key.map((value) => (Buffer.isBuffer(value) ? value.toString('hex') : partOf(value))).join('\u0000');
}

function partOf(value: unknown): string {
  return value instanceof Date ? value.toISOString() : String(value);
}
