import type { FindOptions } from 'sequelize';

import type { Audit } from '../audit-model';
import type { Database } from '../database';
import type { IndexedFilter } from './conditions';
import { distinctOf } from './distinct';

/** To look at records wherever they lie takes about so many times as long as to look at neighbours. */
const SCATTER = 5;

/** Whether an index gives the records of a filter in the order of their ids, or all records are asked for. */
export function isIndexed(filter: IndexedFilter): boolean {
  const { id, model, user, userTypes, requestId, transactionId, event, tag, attribute } = filter;
  if (id !== undefined || requestId !== undefined) return true;
  if (user?.type !== undefined || userTypes !== undefined) return true;
  return [model, user, transactionId, event, tag, attribute].every((filter) => filter === undefined);
}

/** Whether the index by record leads to all records of a model sooner than one looks at a window. */
export async function isFew(
  model: typeof Audit,
  auditableType: string,
  window: number,
  within: FindOptions,
): Promise<boolean> {
  const order = ['auditableId', 'id'];
  const offset = Math.floor(window / SCATTER);
  return !(await exists(model, { ...within, where: { auditableType }, order, offset }));
}

/** The types of the users with an id: mostly one, of which the index by user gives the records in order. */
export async function typesOfUser(
  database: Database,
  model: typeof Audit,
  userId: string,
  within: FindOptions,
): Promise<string[]> {
  const order = ['id'];
  const found: string[] = [];
  for (const userType of await distinctOf(database, 'user_type', within)) {
    if (await exists(model, { ...within, where: { userType, userId }, order })) found.push(userType);
  }
  return found;
}

/**
 * In the order of the index, so that a database takes it, however common it thinks the records are; without the columns
 * before, which the condition fixes: MariaDB would sort.
 */
async function exists(model: typeof Audit, options: FindOptions): Promise<boolean> {
  return (await model.findOne({ attributes: ['id'], logging: false, ...options })) !== null;
}
