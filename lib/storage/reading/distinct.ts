import { QueryTypes } from 'sequelize';
import type { FindOptions } from 'sequelize';

import type { Database } from '../database';

/**
 * The distinct values of an index's first column, in a statement each: databases would look at the whole index for
 * DISTINCT, and there are few values.
 */
export async function distinctOf(
  { sequelize }: Database,
  column: 'auditable_type' | 'user_type',
  { transaction }: Pick<FindOptions, 'transaction'> = {},
): Promise<string[]> {
  const found: string[] = [];
  for (;;) {
    const last = found.at(-1);
    const [row] = await sequelize.query<{ value: string | null }>(
      `SELECT MIN(${column}) AS value FROM audits${last === undefined ? '' : ` WHERE ${column} > :last`}`,
      {
        replacements: { last },
        type: QueryTypes.SELECT,
        logging: false,
        ...(transaction === undefined ? {} : { transaction }),
      },
    );
    if (row?.value === null || row?.value === undefined) return found;
    found.push(row.value);
  }
}
