import { Op } from 'sequelize';
import type { FindOptions, Transaction, WhereOptions } from 'sequelize';

import { AuditError } from '../errors';
import type { Audit } from './audit-model';
import type { Database } from './database';

/** Which records of an instance's history, and in what order. */
export interface GetAuditsOptions {
  /** Default oldest first, `[['id', 'ASC']]`. */
  order?: FindOptions['order'];
  limit?: number;
  offset?: number;
  /** Only these events. */
  event?: string | readonly string[];
  /** Also records of other models whose option `parent` leads to this one: an order's lines. Default false. */
  withChildren?: boolean;
  /** Any further condition on the attributes of {@link Audit}. */
  where?: WhereOptions;
  /** Reads inside a transaction: for driver `sync`, where the records are part of it. */
  transaction?: Transaction | null;
}

/** Reads the trail by record. */
export class History {
  constructor(
    private readonly database: Database,
    readonly model: typeof Audit,
  ) {}

  of(type: string, keys: string | readonly string[], options: GetAuditsOptions = {}): Promise<Audit[]> {
    const { order = [['id', 'ASC']], limit, offset, event, where, transaction } = options;
    const key = typeof keys === 'string' ? keys : [...keys];
    const own: WhereOptions = { auditableType: type, auditableId: key };
    const conditions: WhereOptions[] = [
      options.withChildren ? { [Op.or]: [own, { parentType: type, parentId: key }] } : own,
    ];
    if (event !== undefined) conditions.push({ event: typeof event === 'string' ? event : [...event] });
    if (where !== undefined) conditions.push(where);
    // A transaction of the application means nothing to another database.
    const within = this.database.owned || transaction === undefined ? {} : { transaction };
    return this.read({
      where: { [Op.and]: conditions },
      order,
      ...(limit === undefined ? {} : { limit }),
      ...(offset === undefined ? {} : { offset }),
      ...within,
    });
  }

  private async read(options: FindOptions): Promise<Audit[]> {
    try {
      return await this.model.findAll(options);
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
