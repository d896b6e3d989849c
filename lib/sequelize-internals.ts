import type { Model, ModelStatic, Options, Sequelize, Transaction } from 'sequelize';

/**
 * Everything that Sequelize 6 has but does not declare in its types, in one place: what depends on its
 * inside is found here, and nowhere else.
 */

/** The options that an instance was made with, defaults filled in. */
export function optionsOf(sequelize: Sequelize): Options {
  return (sequelize as unknown as { options: Options }).options;
}

/** The driver's connection that a transaction runs on. */
export function connectionOf(transaction: Transaction): unknown {
  return (transaction as unknown as { connection: unknown }).connection;
}

/** Sequelize's id of a transaction; savepoints have that of their root. */
export function idOf(transaction: Transaction): string {
  return (transaction as unknown as { id: string }).id;
}

/** The outermost transaction: a savepoint knows its parent. */
export function rootOf(transaction: Transaction): Transaction {
  let root = transaction;
  for (let parent = parentOf(root); parent; parent = parentOf(root)) root = parent;
  return root;
}

/** Whether a transaction was committed or rolled back. */
export function isFinished(transaction: Transaction): boolean {
  return (transaction as unknown as { finished?: string }).finished !== undefined;
}

export function parentOf(transaction: Transaction): Transaction | undefined {
  return (transaction as unknown as { parent?: Transaction }).parent;
}

/** The transaction that an operation joins: the one given, `null` for none, else that of Sequelize's CLS. */
export function effectiveTransaction(
  sequelize: Sequelize,
  options: { transaction?: Transaction | null } | undefined,
): Transaction | undefined {
  if (options?.transaction !== undefined) return options.transaction ?? undefined;
  const cls = (sequelize.constructor as { _cls?: { get(key: string): unknown } })._cls;
  return (cls?.get('transaction') as Transaction | undefined) ?? undefined;
}

/** The part of the query interface through which every transaction passes. */
export interface TransactionPort {
  startTransaction(transaction: Transaction, options: object): Promise<unknown>;
  commitTransaction(transaction: Transaction, options: object): Promise<unknown>;
  rollbackTransaction(transaction: Transaction, options: object): Promise<unknown>;
}

/** One object per Sequelize instance: methods assigned to it are seen by all transactions. */
export function transactionPortOf(sequelize: Sequelize): TransactionPort {
  return sequelize.getQueryInterface();
}

/** A model class as capture needs it. `tableAttributes` is made anew whenever attributes change, and has no virtual ones. */
export interface ModelInternals {
  readonly name: string;
  readonly sequelize?: Sequelize;
  readonly primaryKeyAttributes?: readonly string[];
  readonly tableAttributes: Readonly<Record<string, { type: unknown }>>;
  readonly rawAttributes?: Readonly<Record<string, object>>;
  readonly associations: Record<string, unknown>;
  readonly options: { hooks: Record<string, unknown[]>; timestamps?: boolean };
  readonly _timestampAttributes: { createdAt?: string; updatedAt?: string; deletedAt?: string };
  readonly _versionAttribute?: string | false;
}

export function internalsOf(model: ModelStatic<Model>): ModelInternals {
  return model as unknown as ModelInternals;
}

/** An instance's values as they are, past getters, and those before its changes. */
export interface InstanceInternals {
  readonly dataValues: Record<string, unknown>;
  readonly _previousDataValues: Record<string, unknown>;
}

export function valuesOf(instance: Model): InstanceInternals {
  return instance as unknown as InstanceInternals;
}

/** Puts a hook before those of the application: one of theirs that throws must not hide a change that is in the database. */
export function addFirstHook(
  model: ModelStatic<Model>,
  type: string,
  name: string,
  fn: (...args: never[]) => unknown,
): void {
  model.addHook(type as 'afterSave', name, fn as never);
  const hooks = internalsOf(model).options.hooks[type] as unknown[];
  hooks.unshift(...hooks.splice(-1));
}

/** `literal()`, `fn()` and the like: computed by the database, so that the instance does not know the value. */
export function isSqlExpression(value: unknown): boolean {
  const name = (value as { constructor?: { name?: string } } | null)?.constructor?.name;
  return (
    typeof value === 'object' &&
    value !== null &&
    ['Literal', 'Fn', 'Col', 'Cast', 'Json', 'Where'].includes(name ?? '')
  );
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
