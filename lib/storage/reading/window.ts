import { Op } from 'sequelize';
import type { WhereOptions } from 'sequelize';

import type { Audit } from '../audit-model';
import type { IndexedFilter } from './conditions';
import type { Direction } from './cursor';

/** So many records a page looks at where no index leads to those that are asked for: some tens of milliseconds. */
export const WINDOW = 50_000;

/** Whether an index gives the records of a filter in the order of their ids, or all records are asked for. */
export function isIndexed(filter: IndexedFilter): boolean {
  const { id, model, user, userTypes, requestId, transactionId, event, tag, attribute } = filter;
  if (id !== undefined || requestId !== undefined || transactionId !== undefined) return true;
  if (user?.type !== undefined || userTypes !== undefined) return true;
  return [model, user, event, tag, attribute].every((filter) => filter === undefined);
}

/** The id at which a page without an index ends, at the latest; undefined where there are not so many records. */
export async function endOfWindow(
  model: typeof Audit,
  range: readonly WhereOptions[],
  order: Direction,
): Promise<string | undefined> {
  // The database walks along the key; the reader's own pages have no OFFSET.
  const last = await model.findOne({
    attributes: ['id'],
    where: { [Op.and]: [...range] },
    order: [['id', order === 'newest' ? 'DESC' : 'ASC']],
    offset: WINDOW - 1,
    logging: false,
  });
  return last?.id;
}
