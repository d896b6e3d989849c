import { queryRows } from '../../adapter/sql';
import type { Condition } from './key-condition';
import { AT_ONCE } from './pieces';
import type { WriteCall } from './write-call';

/** Whether a statement meets more rows than are written at once, which it counts no further than. */
export async function areMany(
  call: WriteCall,
  { where, limit = Infinity }: Pick<Condition, 'where'> & { readonly limit?: number | undefined },
): Promise<boolean> {
  if (limit <= AT_ONCE) return false;
  const { sql, sequelize, readOptions } = call;
  const condition = sql.condition(where, call.model);
  const met = `SELECT 1 FROM ${sql.table(call.table)}${condition ? ` WHERE ${condition}` : ''} LIMIT ${AT_ONCE + 1}`;
  const [row] = await queryRows(sequelize, `SELECT COUNT(*) AS audit__n FROM (${met}) audit__t`, readOptions);
  return Number(row?.['audit__n']) > AT_ONCE;
}
