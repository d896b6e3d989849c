import { DataTypes, Model } from 'sequelize';
import type { CreationOptional, InferAttributes, InferCreationAttributes, Sequelize } from 'sequelize';

import { AuditError } from '../errors';
import { changesOf } from '../record/diff';
import type { Difference } from '../record/diff';
import type { Values } from '../record/values';
import { decodeValues } from '../record/values';
import type { Reverted, RevertOptions } from './reading/revert-options';
import { userModelFor } from './reading/users';
import type { UserModels } from './reading/users';

/** On the models that withAudit was called for: takes back a record of the model. */
export const REVERT = Symbol.for('sequelize-async-audit.revert');

/** A model that can do so. */
export interface Revertible {
  [REVERT](audit: Audit, options: RevertOptions): Promise<Reverted>;
}

/** A stored record, as `getAudits()` returns it. */
export class Audit extends Model<InferAttributes<Audit>, InferCreationAttributes<Audit>> {
  declare readonly id: string;
  /** `created`, `updated`, `deleted`, `restored`, or the application's own. */
  declare readonly event: string;
  declare readonly auditableType: string | null;
  declare readonly auditableId: string | null;
  /** What the record belongs to as well: see the option `parent` of withAudit. */
  declare readonly parentType: string | null;
  declare readonly parentId: string | null;
  declare readonly userType: string | null;
  declare readonly userId: string | null;
  declare readonly url: string | null;
  declare readonly ipAddress: string | null;
  declare readonly userAgent: string | null;
  declare readonly requestId: string | null;
  declare readonly transactionId: string | null;
  declare readonly tags: string[] | null;
  /** The reason and the application's own fields. */
  declare readonly context: Values | null;
  /** By attribute name; only what changed, all of it when the record was deleted. */
  declare readonly oldValues: Values | null;
  /** By attribute name; only what changed, all of it when the record was created. */
  declare readonly newValues: Values | null;
  /** When it happened. The column has microseconds, a Date milliseconds. */
  declare readonly createdAt: Date;
  declare readonly schemaVersion: CreationOptional<number>;

  /** The user that made the change, where it was asked for with `include: 'user'`; null when there is none any more. */
  declare user?: unknown;

  /**
   * The user that made the change, from the configured `userModel`; null when there was none, or when
   * it no longer exists. Throws AUDIT_USER_MODEL when no model is configured for the user's type.
   */
  async getUser(): Promise<unknown> {
    if (this.userId === null) return null;
    if (this.user !== undefined) return this.user;
    return userModelFor((this.constructor as typeof Audit).userModels, this.userType).findByPk(this.userId);
  }

  /** What the change did to each attribute, and to what lies inside of JSON; in the order of their names in the record. */
  diff(): Difference[] {
    return changesOf(this.event, this.oldValues, this.newValues);
  }

  /**
   * Takes the change back: an update by the old values, a creation by a deletion, a deletion by a row as it was. The
   * change that this makes is audited like any other, with the reason, and `revertOf` in its context.
   *
   * Throws AUDIT_REVERT where the trail does not know enough (masked values), or there is nothing to take back;
   * AUDIT_CONFLICT where the row has changed since, unless `force`; AUDIT_NOT_A_MODEL in a process that has not called
   * withAudit for the model.
   */
  async revert(options: RevertOptions = {}): Promise<Reverted> {
    const { application } = this.constructor as typeof Audit;
    const model = application.models[this.auditableType ?? ''] as Partial<Revertible> | undefined;
    if (model?.[REVERT]) return model[REVERT](this, options);
    throw new AuditError(
      'AUDIT_NOT_A_MODEL',
      `No audited model "${this.auditableType}" is loaded in this process, so that nothing can be taken back.`,
    );
  }

  /** @internal */
  static userModels: UserModels;
  /** Has the models that records are about; the trail may live elsewhere. @internal */
  static application: Sequelize;
}

/** What records know beyond their table. */
export interface AuditModelParts {
  readonly userModels: UserModels;
  readonly application: Sequelize;
}

/** The model on a Sequelize instance; `sync({ force: true })` and `drop()` there do not know of it. */
export function defineAuditModel(
  sequelize: Sequelize,
  { userModels, application }: AuditModelParts,
): typeof Audit {
  const json = sequelize.getDialect() === 'postgres' ? DataTypes.JSONB : DataTypes.JSON;
  const decoded = (attribute: 'tags' | 'context' | 'oldValues' | 'newValues') => ({
    type: json,
    get(this: Audit): unknown {
      return decodeValues(this.getDataValue(attribute));
    },
  });
  // An object for each attribute: init writes to it.
  const text = () => ({ type: DataTypes.STRING });
  // A class of its own for each instance: init writes to the class. The name is one that no application takes,
  // because a second model of one name would replace the first.
  const model = class SequelizeAsyncAudit extends Audit {};
  model.init(
    {
      id: { type: DataTypes.UUID, primaryKey: true },
      event: { type: DataTypes.STRING, allowNull: false },
      auditableType: text(),
      auditableId: text(),
      parentType: text(),
      parentId: text(),
      userType: text(),
      userId: text(),
      url: { type: DataTypes.TEXT },
      ipAddress: text(),
      userAgent: { type: DataTypes.TEXT },
      requestId: text(),
      transactionId: text(),
      tags: decoded('tags'),
      context: decoded('context'),
      oldValues: decoded('oldValues'),
      newValues: decoded('newValues'),
      createdAt: { type: DataTypes.DATE(6), allowNull: false },
      schemaVersion: { type: DataTypes.SMALLINT, allowNull: false },
    },
    {
      sequelize,
      tableName: 'audits',
      underscored: true,
      timestamps: false,
      paranoid: false,
      version: false,
      schema: '',
      defaultScope: {},
      scopes: {},
    },
  );
  model.userModels = userModels;
  model.application = application;
  sequelize.modelManager.removeModel(model);
  return model;
}
