import type { Options, Sequelize, Transaction } from 'sequelize';

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

/** The name of a savepoint in SQL; several may have the same, and a nested one gives its parent its own. */
export function savepointOf(transaction: Transaction): string | undefined {
  return (transaction as unknown as { name?: string }).name;
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

/** Whether a transaction, or one that it is part of, was rolled back. */
export function isRolledBack(transaction: Transaction): boolean {
  const isSo = (transaction as unknown as { finished?: string }).finished === 'rollback';
  const parent = parentOf(transaction);
  return isSo || (parent !== undefined && isRolledBack(parent));
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

const closing = new WeakMap<Sequelize, () => void>();

/** Calls `work` whenever the application closes the instance, which no hook of Sequelize's tells; the latest one given counts. */
export function whenClosing(sequelize: Sequelize, work: () => void): void {
  const isFirst = !closing.has(sequelize);
  closing.set(sequelize, work);
  if (!isFirst) return;
  const close = sequelize.close.bind(sequelize);
  sequelize.close = () => {
    closing.get(sequelize)?.();
    return close();
  };
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

interface Pool {
  readonly using: number;
  readonly waiting: number;
  readonly maxSize: number;
}

/** Whether a connection for writes can be had without waiting until another is given back. */
export function hasSpareConnection(sequelize: Sequelize): boolean {
  const { pool } = sequelize.connectionManager as unknown as { pool: Pool | { readonly write: Pool } };
  const { using, waiting, maxSize } = 'write' in pool ? pool.write : pool;
  return using + waiting < maxSize;
}

/** Whether a `searchPath` of PostgreSQL's goes before every statement. */
export function prependsSearchPath(sequelize: Sequelize): boolean {
  const { dialectOptions } = optionsOf(sequelize) as { dialectOptions?: { prependSearchPath?: boolean } };
  return Boolean(dialectOptions?.prependSearchPath);
}
