import { Sequelize } from 'sequelize';
import type { FindOptions, Model, ModelStatic, Transaction, WhereOptions } from 'sequelize';

/** How Sequelize names a table: by its name, or with its schema. */
export type TableName = string | { tableName: string; schema?: string };

/** What Sequelize knows of a column, as far as capture needs it. */
export interface AttributeInternals {
  readonly type: unknown;
  readonly field?: string;
  readonly defaultValue?: unknown;
  readonly allowNull?: boolean;
  readonly autoIncrement?: boolean;
  readonly references?: { readonly model?: TableName | ModelStatic<Model>; readonly key?: string };
  readonly onDelete?: string;
}

/** A model class as capture needs it. `tableAttributes` is made anew whenever attributes change, and has no virtual ones. */
export interface ModelInternals {
  readonly name: string;
  readonly sequelize?: Sequelize;
  readonly primaryKeyAttributes?: readonly string[];
  readonly tableAttributes: Readonly<Record<string, AttributeInternals>>;
  readonly rawAttributes?: Readonly<Record<string, AttributeInternals>>;
  readonly associations: Record<string, unknown>;
  readonly uniqueKeys: Readonly<Record<string, { readonly fields: readonly string[] }>>;
  readonly _indexes: readonly {
    readonly unique?: boolean;
    readonly where?: unknown;
    readonly fields: readonly (string | { readonly name?: string })[];
  }[];
  readonly _timestampAttributes: { createdAt?: string; updatedAt?: string; deletedAt?: string };
  readonly _versionAttribute?: string | false;
  readonly _scope?: { readonly where?: WhereOptions };
  getTableName(): TableName;
}

export function internalsOf(model: ModelStatic<Model>): ModelInternals {
  return model as unknown as ModelInternals;
}

/** A `belongsTo` association. */
export interface BelongsTo {
  readonly foreignKey: string;
  readonly target: ModelStatic<Model>;
  readonly targetKeyIsPrimary: boolean;
}

/** The model's `belongsTo` associations by name. */
export function belongsToOf(model: ModelStatic<Model>): ReadonlyMap<string, BelongsTo> {
  const all = Object.entries(internalsOf(model).associations);
  const isBelongsTo = ([, association]: [string, unknown]): boolean =>
    (association as { associationType?: string }).associationType === 'BelongsTo';
  return new Map(all.filter(isBelongsTo) as [string, BelongsTo][]);
}

/** Whether the class itself is initialised: one that extends an initialised class is not, by that. */
export function isInitialised(model: ModelStatic<Model>): boolean {
  return Object.hasOwn(model, 'sequelize');
}

/** Calls `work` with the class that is initialised, by `init` or by sequelize-typescript's `initialize`: this one or one that extends it. */
export function whenInitialised(model: ModelStatic<Model>, work: (model: ModelStatic<Model>) => void): void {
  const statics = model as unknown as Record<string, ((...args: unknown[]) => unknown) | undefined>;
  for (const name of ['init', 'initialize']) {
    const original = statics[name];
    if (!original) continue;
    statics[name] = function (this: ModelStatic<Model>, ...args: unknown[]): unknown {
      const result = original.apply(this, args);
      work(this);
      return result;
    };
  }
}

/** An instance's values as they are, past getters, and those before its changes. */
export interface InstanceInternals {
  readonly dataValues: Record<string, unknown>;
  readonly _previousDataValues: Record<string, unknown>;
}

export function valuesOf(instance: Model): InstanceInternals {
  return instance as unknown as InstanceInternals;
}

/** The model of an instance; `schema()` and `scope()` make classes of their own. */
export function modelOf(instance: Model): ModelStatic<Model> {
  return instance.constructor as ModelStatic<Model>;
}

/** The model of what may be an instance; undefined of anything else, such as an object without a prototype. */
export function modelOfInstance(value: object): ModelStatic<Model> | undefined {
  const model: unknown = value.constructor;
  return typeof model === 'function' && 'primaryKeyAttributes' in model
    ? (model as ModelStatic<Model>)
    : undefined;
}

/** Puts a returned row into an instance, as Sequelize does. */
export function assignReturned(instance: Model, row: Readonly<Record<string, unknown>> | undefined): void {
  const { fieldAttributeMap } = modelOf(instance) as unknown as {
    fieldAttributeMap?: Record<string, string>;
  };
  const { dataValues } = valuesOf(instance);
  for (const [field, value] of Object.entries(row ?? {}))
    dataValues[fieldAttributeMap?.[field] ?? field] = value;
}

/** All models that are defined on a Sequelize instance. */
export function modelsOf(sequelize: Sequelize): readonly ModelStatic<Model>[] {
  return Object.values(sequelize.models);
}

/** One text for one table, whatever form its name was given in. */
export function tableKey(table: TableName): string {
  return typeof table === 'string'
    ? table
    : table.schema
      ? `${table.schema}.${table.tableName}`
      : table.tableName;
}

/** What a paranoid model's mark holds while a row is not deleted (`null`, unless the attribute has a default). */
export function notDeletedValue(model: ModelStatic<Model>, attribute: string): unknown {
  const declared = internalsOf(model).rawAttributes?.[attribute];
  return declared && Object.hasOwn(declared, 'defaultValue') ? declared.defaultValue : null;
}

/** A data type of Sequelize, as a model's attribute has it: what of it decides which values a column holds. */
export interface AttributeType {
  readonly key?: string;
  readonly _length?: number | string;
  readonly _binary?: boolean;
  readonly _precision?: number;
  readonly _scale?: number;
  readonly _decimals?: number;
  /** Of RANGE: the key of its bounds' type. */
  readonly _subtype?: string;
  /** Of ARRAY: the type of its elements. */
  readonly type?: unknown;
  /** Of ENUM. */
  readonly values?: readonly string[];
}

/** A type may also be a string of SQL, of which we know nothing, or a class that was not made into an instance. */
export function attributeTypeOf(type: unknown): AttributeType {
  return (typeof type === 'object' && type !== null) || typeof type === 'function' ? type : {};
}

/** How the database names an attribute's type; undefined where that depends on more than the type. */
export function sqlTypeOf({ type }: AttributeInternals): string | undefined {
  const { key, toSql } = type as { key?: string; toSql?: () => string };
  return key === 'ENUM' ? undefined : toSql?.call(type);
}

/**
 * `literal()`, `fn()` and the like: computed by the database, so that the instance does not know the value. As
 * Sequelize does, it asks for the class of its own copy of the package; names of classes do not outlive a bundler.
 */
export function isSqlExpression(value: unknown, application: object = Sequelize): value is object {
  const { Utils } = application as { Utils: { SequelizeMethod: new () => object } };
  return value instanceof Utils.SequelizeMethod;
}

/** An instance as if it had been read with these values, past setters and defaults. */
export function buildStored(model: ModelStatic<Model>, values: Readonly<Record<string, unknown>>): Model {
  const instance = model.build({}, { isNewRecord: false, raw: true });
  Object.assign(valuesOf(instance).dataValues, values);
  Object.assign(valuesOf(instance)._previousDataValues, values);
  return instance;
}

/** An instance that is to be inserted, with the model's defaults. */
export function buildNew(model: ModelStatic<Model>): Model {
  return model.build();
}

/** Reads an instance's attributes again, marked as deleted or not: `reload()` finds no row that the class's scope hides. */
export async function reloadPastScopes(instance: Model, transaction: Transaction | null): Promise<void> {
  const where = instance.where() as WhereOptions;
  const options: FindOptions & { hooks: boolean } = { where, transaction, paranoid: false, hooks: false };
  const found = await modelOf(instance)
    .unscoped()
    .findOne({ ...options, rejectOnEmpty: true });
  instance.set(valuesOf(found).dataValues, { raw: true });
}
