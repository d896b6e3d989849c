import { queryRows } from '../../adapter/sql';
import type { RawRow } from '../../adapter/sql';
import type { Where } from '../../adapter/write-port';
import type { Column, Row } from '../model/columns';
import { exactNumber } from '../types/value-type';
import type { ValueType } from '../types/value-type';
import { keyCondition } from './key-condition';
import { idOfKey } from './raw-key';
import type { RawKey } from './raw-key';
import type { ReadCall } from './read-call';

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
  /** Locks the rows as the statement that follows will: `key` for one that deletes them or changes their keys. */
  readonly lock?: 'row' | 'key';
  readonly limit?: number | undefined;
  /** Rows of a page, for those who read in pages. Default 5,000. */
  readonly page?: number;
  /** PostgreSQL: tells rows that were inserted from those that were updated (xmax). */
  readonly tellsNew?: boolean;
  /** Columns to sort by, as SQL. */
  readonly order?: string;
  /** Expressions, by key column, that the statement will assign. */
  readonly nextKey?: ReadonlyMap<Column, string>;
}

const PAGE = 5_000;
const EXACT = /INT|^(STRING|CHAR|TEXT|CITEXT|UUID.*|ENUM)$/;
const BINARY = /BINARY|BLOB/;

/**
 * Reads rows of a write's table, past the model's scopes and hooks, without loss: each column by the
 * expression that its type asks for, keys as the database takes them back.
 */
export class RowReader {
  private readonly aliases: readonly {
    readonly name: string;
    readonly type: ValueType;
    readonly alias: string;
  }[];

  constructor(
    private readonly call: ReadCall,
    private readonly columns: readonly Column[],
  ) {
    this.aliases = columns.map(({ name, type }, index) => ({ name, type, alias: `audit__c${index}` }));
  }

  /** Rows that meet a condition of the write's own. */
  where(where: Where, options: ReadOptions = {}): Promise<Image[]> {
    return this.read(this.conditionOf(where), options);
  }

  /** No more than the keys of such rows, of which there may be very many. */
  async keysWhere(where: Where, options: ReadOptions): Promise<RawKey[]> {
    const keys: RawKey[] = [];
    for await (const page of this.pages(this.conditionOf(where), options)) {
      for (const raw of page) keys.push(this.keyFrom(raw, 'k'));
    }
    return keys;
  }

  /** Rows that meet a condition, or all of the table, in pages. */
  async *matching(where: Where, options: ReadOptions = {}): AsyncGenerator<Image[]> {
    for await (const page of this.pages(this.conditionOf(where), options)) {
      yield page.map((raw) => this.image(raw));
    }
  }

  /** Rows by their keys; those that are gone are missing. */
  byKeys(keys: readonly RawKey[], options: ReadOptions = {}): Promise<Image[]> {
    return keys.length === 0 ? Promise.resolve([]) : this.read(keyCondition(this.call, keys), options);
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
    return this.call.sql.expression(keyCondition(this.call, keys));
  }

  /** What is selected or returned of a row: `expression AS alias`, read again by {@link image}. */
  selection(): string[] {
    const { sql } = this.call;
    const keys = this.keys.map(
      (key, index) => `${this.keyExpression(key, sql.name(key.field))} AS ${sql.name(`audit__k${index}`)}`,
    );
    return [...keys, ...this.values()];
  }

  /** The same without the key, read again by {@link rowFrom}. */
  values(): string[] {
    const { sql } = this.call;
    return this.columns.map(
      ({ field, type }, index) => `${type.read(sql.name(field))} AS ${sql.name(`audit__c${index}`)}`,
    );
  }

  image(raw: RawRow): Image {
    const key = this.keyFrom(raw, 'k');
    return {
      key,
      id: idOfKey(key),
      row: this.rowFrom(raw),
      ...('audit__n0' in raw ? { nextKey: this.keyFrom(raw, 'n') } : {}),
      ...('audit__x' in raw ? { isNew: raw['audit__x'] === '0' } : {}),
    };
  }

  rowFrom(raw: RawRow): Row {
    const row: Row = {};
    for (const { name, type, alias } of this.aliases) row[name] = type.fromDatabase(raw[alias]);
    return row;
  }

  /** In the order of their keys, so that each page begins where the one before it ended. */
  private async *pages(
    condition: string,
    { limit = Infinity, page: most = PAGE, ...options }: ReadOptions,
  ): AsyncGenerator<RawRow[]> {
    const fields = this.keys.map(({ field }) => this.call.sql.name(field)).join(', ');
    const isPaged = this.keys.every((key) => this.isExact(key));
    let last: RawRow | undefined;
    for (let left = limit; left > 0;) {
      const size = isPaged ? Math.min(left, most) : left;
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

  private conditionOf(where: Where): string {
    return this.call.sql.condition(where, this.call.model);
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
          return `${this.keyExpression(key, `(${value})`)} AS ${sql.name(`audit__n${index}`)}`;
        })
      : [];
    const mark = tellsNew ? [`xmax::text AS ${sql.name('audit__x')}`] : [];
    return (
      `SELECT ${[...this.selection(), ...next, ...mark].join(', ')} FROM ${sql.table(table)}` +
      (condition ? ` WHERE ${condition}` : '') +
      (order ? ` ORDER BY ${order}` : '') +
      (limit === undefined ? '' : ` LIMIT ${limit}`) +
      (lock && dialect !== 'sqlite' ? lockingClause(dialect, lock) : '')
    );
  }

  private get keys(): readonly Column[] {
    return this.call.audited.columns.keys;
  }

  private keyFrom(raw: RawRow, letter: 'k' | 'n'): RawKey {
    return this.keys.map((_, index) => raw[`audit__${letter}${index}`]);
  }

  /** PostgreSQL takes any key back as text; elsewhere what a type reads without loss is taken back as it is. */
  private keyExpression({ type, typeKey }: Column, column: string): string {
    if (this.call.dialect === 'postgres') return `(${column})::text`;
    if (this.call.dialect === 'sqlite' && !BINARY.test(typeKey)) return exactNumber(column);
    return type.read(column);
  }
}

/** On PostgreSQL, who only refers to a row need not wait for a change that leaves its key alone. */
function lockingClause(dialect: string, lock: 'row' | 'key'): string {
  return dialect === 'postgres' && lock === 'row' ? ' FOR NO KEY UPDATE' : ' FOR UPDATE';
}
