import { DataTypes, Model } from 'sequelize';
import type { CreationOptional, InferAttributes, InferCreationAttributes, Sequelize } from 'sequelize';

import type { UserModel } from '../config';
import { AuditError } from '../errors';
import type { Values } from '../record/values';
import { decodeValues } from '../record/values';

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

  /**
   * The user that made the change, from the configured `userModel`; null when there was none, or when
   * it no longer exists. Throws AUDIT_USER_MODEL when no model is configured for the user's type.
   */
  async getUser(): Promise<unknown> {
    if (this.userId === null) return null;
    const { userModel } = this.constructor as typeof Audit;
    const model = isModel(userModel) ? userModel : userModel?.[this.userType ?? ''];
    if (!model) {
      throw new AuditError(
        'AUDIT_USER_MODEL',
        `No model is configured for users of type "${this.userType}". Give one: ` +
          'configureAudit(sequelize, { userModel: User }) or { userModel: { Customer, Admin } }.',
      );
    }
    return model.findByPk(this.userId);
  }

  /** @internal */
  static userModel: UserModel | Record<string, UserModel> | undefined;
}

/** The model on a Sequelize instance; `sync({ force: true })` and `drop()` there do not know of it. */
export function defineAuditModel(
  sequelize: Sequelize,
  userModel?: UserModel | Record<string, UserModel>,
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
  model.userModel = userModel;
  sequelize.modelManager.removeModel(model);
  return model;
}

function isModel(model: UserModel | Record<string, UserModel> | undefined): model is UserModel {
  return typeof (model as UserModel | undefined)?.findByPk === 'function';
}
