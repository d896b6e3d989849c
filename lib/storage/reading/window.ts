import { Op } from 'sequelize';
import type { FindOptions, WhereOptions } from 'sequelize';

import type { Audit } from '../audit-model';
import type { DialectName } from '../dialect';
import type { Direction } from './cursor';

/** So many records a page looks at where no index leads to those that are asked for: some tens of milliseconds. */
export const WINDOWS: Readonly<Record<DialectName, number>> = {
  postgres: 50_000,
  mysql: 20_000,
  sqlite: 20_000,
};

/** The id at which a page without an index ends, at the latest; undefined where there are not so many records. */
export async function endOfWindow(
  model: typeof Audit,
  range: readonly WhereOptions[],
  order: Direction,
  window: number,
  within: FindOptions,
): Promise<string | undefined> {
  // The database walks along the key; the reader's own pages have no OFFSET.
  const last = await model.findOne({
    attributes: ['id'],
    where: { [Op.and]: [...range] },
    order: [['id', order === 'newest' ? 'DESC' : 'ASC']],
    offset: window - 1,
    logging: false,
    ...within,
  });
  return last?.id;
}
