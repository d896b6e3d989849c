import { literal, Op } from 'sequelize';
import type { FindOptions, Transaction, WhereOptions } from 'sequelize';

import { AuditError } from '../../errors';
import { timeOfId } from '../../record/id-time';
import type { Audit } from '../audit-model';
import type { Database } from '../database';
import { assertHistoryOptions, assertQuery } from './audit-query';
import type { AuditFilter, AuditQuery } from './audit-query';
import { conditionsOf, keysWithin } from './conditions';
import type { IndexedFilter } from './conditions';
import { cursorAt, idOfCursor } from './cursor';
import type { Direction } from './cursor';
import { distinctOf } from './distinct';
import { isFew, isIndexed, typesOfUser } from './indexes';
import { readPastState } from './past-state';
import type { PastState, StateQuery } from './past-state';
import { loadUsers } from './users';
import { endOfWindow, WINDOWS } from './window';

/** Which records of an instance's history, and in what order. */
export interface GetAuditsOptions extends Omit<AuditFilter, 'model' | 'id'> {
  /** Default oldest first, `[['id', 'ASC']]`. */
  order?: FindOptions['order'];
  limit?: number;
  offset?: number;
  /** Any further condition on the attributes of {@link Audit}. */
  where?: WhereOptions;
  /** Loads the users that made the changes, by one query for each of their types: `audit.user`. */
  include?: 'user';
  /** Reads inside a transaction, which takes no other connection. Its own records are there once it has committed. */
  transaction?: Transaction | null;
}

/** Some records, and where to go on. */
export interface AuditPage {
  readonly audits: Audit[];
  /** `after` of the next page; null at the end. */
  readonly next: string | null;
  /**
   * Where no index leads to what is asked for, a page looks at some ten thousand records, and has fewer than `limit`
   * if they do not hold more: so far back it has looked. Null for a page that is full, and at the end.
   */
  readonly searchedTo: Date | null;
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/** The same order, which no index has: databases would walk along the key for records that may lie far away. */
const UNINDEXED_ID = literal('CAST(id AS char(36))');
const PAGE = 50;
const PAGE_OF_ALL = 500;

/** Reads the trail. */
export class History {
  constructor(
    private readonly database: Database,
    readonly model: typeof Audit,
    /** At how many records a page without an index looks. */
    private readonly window = WINDOWS[database.dialect.name],
  ) {}

  /**
   * One page of records, by their key, so that what is added meanwhile shifts nothing.
   * Throws AUDIT_OPTION, AUDIT_QUERY, AUDIT_CURSOR, AUDIT_USER_MODEL, AUDIT_NOT_MIGRATED.
   */
  async search(query: AuditQuery = {}): Promise<AuditPage> {
    assertQuery(query);
    const { order = 'newest', limit = PAGE, after } = query;
    const filter = await this.withUserTypes(query);
    const access = await this.accessTo(filter, order);
    const conditions = conditionsOf({ ...filter, isInWindow: access.isInWindow === true }, this.database);
    const isDown = order === 'newest';
    if (after !== undefined) conditions.push({ id: { [isDown ? Op.lt : Op.gt]: idOfCursor(after, order) } });
    if (access.end !== undefined) conditions.push({ id: { [isDown ? Op.gte : Op.lte]: access.end } });
    const found = await this.read({
      where: { [Op.and]: conditions },
      order: [[access.key, isDown ? 'DESC' : 'ASC']],
      limit: limit + 1,
      ...this.within(query),
    });
    const audits = found.slice(0, limit);
    if (query.include) await this.addUsers(audits);
    const last = audits.at(-1);
    if (found.length > limit && last) return { audits, next: cursorAt(order, last.id), searchedTo: null };
    if (access.end === undefined) return { audits, next: null, searchedTo: null };
    const time = timeOfId(access.end);
    return {
      audits,
      next: cursorAt(order, access.end),
      searchedTo: time === undefined ? null : new Date(time),
    };
  }

  /** All records of a query, page by page, in memory for one page. Throws as {@link search}. */
  async *each(query: Omit<AuditQuery, 'limit'> = {}): AsyncGenerator<Audit, void, undefined> {
    for (let after = query.after; ;) {
      const page = await this.search({
        ...query,
        limit: PAGE_OF_ALL,
        ...(after === undefined ? {} : { after }),
      });
      yield* page.audits;
      if (page.next === null) return;
      after = page.next;
    }
  }

  /** One record; null if there is none of this id. */
  async find(id: string, options: Pick<AuditQuery, 'include' | 'transaction'> = {}): Promise<Audit | null> {
    assertQuery(options);
    // PostgreSQL refuses what is no UUID; ids are kept in small letters.
    const key = String(id).toLowerCase();
    if (!UUID.test(key)) return null;
    const audits = await this.read({ where: { id: key }, ...this.within(options) });
    if (options.include) await this.addUsers(audits);
    return audits[0] ?? null;
  }

  /** What a record was like at a moment, or right after one of its audits. Throws AUDIT_QUERY, AUDIT_NOT_MIGRATED. */
  stateAt(query: StateQuery): Promise<PastState> {
    return readPastState(query, (each) => this.each(each));
  }

  /** The names of all models that have records. */
  models(): Promise<string[]> {
    return this.explained(() => distinctOf(this.database, 'auditable_type'));
  }

  /** Of one record, or of several of one model. */
  async of(type: string, keys: string | readonly string[], options: GetAuditsOptions = {}): Promise<Audit[]> {
    assertHistoryOptions(options);
    const { order = [['id', 'ASC']], limit, offset, where, include, ...filter } = options;
    const conditions = conditionsOf({ ...filter, model: type, id: keys }, this.database);
    if (where !== undefined) conditions.push(where);
    const audits = await this.read({
      where: { [Op.and]: conditions },
      order,
      ...(limit === undefined ? {} : { limit }),
      ...(offset === undefined ? {} : { offset }),
      ...this.within(options),
    });
    if (include) await this.addUsers(audits);
    return audits;
  }

  /** The index by user begins with their type. */
  private async withUserTypes(query: AuditQuery): Promise<IndexedFilter> {
    const { user } = query;
    if (user === undefined || user.type !== undefined) return query;
    const userTypes = await this.explained(() =>
      typesOfUser(this.database, this.model, String(user.id), this.within(query)),
    );
    return { ...query, userTypes };
  }

  /** By what records are ordered, which decides the index that leads to them, and where a page ends without one. */
  private async accessTo(
    query: AuditQuery & IndexedFilter,
    order: Direction,
  ): Promise<{ key: string | ReturnType<typeof literal>; isInWindow?: true; end?: string | undefined }> {
    if (isIndexed(query)) return { key: 'id' };
    const { after, model } = query;
    return this.explained(async () => {
      if (typeof model === 'string' && (await isFew(this.model, model, this.window, this.within(query))))
        return { key: UNINDEXED_ID };
      const range = keysWithin(query);
      if (after !== undefined)
        range.push({ id: { [order === 'newest' ? Op.lt : Op.gt]: idOfCursor(after, order) } });
      return {
        key: 'id',
        isInWindow: true,
        end: await endOfWindow(this.model, range, order, this.window, this.within(query)),
      };
    });
  }

  private async addUsers(audits: readonly Audit[]): Promise<void> {
    const userOf = await loadUsers(this.model.userModels, audits);
    for (const audit of audits) audit.user = userOf(audit);
  }

  /** A transaction of the application means nothing to another database. */
  private within({ transaction }: Pick<AuditQuery, 'transaction'>): FindOptions {
    return this.database.owned || transaction === undefined ? {} : { transaction };
  }

  private read(options: FindOptions): Promise<Audit[]> {
    return this.explained(() => this.model.findAll(options));
  }

  private async explained<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (!this.database.dialect.isMissingTable(error)) throw error;
      throw new AuditError(
        'AUDIT_NOT_MIGRATED',
        `There is no table "audits" in ${this.database.describe()}. Run "npx audit migrate", or await trail.migrate().`,
        { cause: error },
      );
    }
  }
}
