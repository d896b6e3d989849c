import type { Model, ModelStatic } from 'sequelize';

import { columnsOf, quoted, quotedTable } from './columns';
import { rowAsText } from './exact-text';

/** The statements, for MariaDB, by which a table is compared with what it was before. */
export interface Comparison {
  readonly copy: string;
  /** Tells the oracle what differs, but for rows of which triggers have told since the change `last`. */
  readonly tell: (last: number) => string;
  readonly drop: string;
}

/** Of a model with one key that does not change. `source` is its number in the oracle. */
export function comparisonOf(model: ModelStatic<Model>, source: number): Comparison {
  const [attribute] = model.primaryKeyAttributes;
  const { field } = columnsOf(model).find((column) => column.attribute === attribute)!;
  const rows = `SELECT ${quoted(field, 'mysql')} AS id, ${rowAsText(columnsOf(model), 'mysql', '')} AS told FROM ${quotedTable(model)}`;
  const copied = `before_${source}`;
  return {
    copy: `CREATE TEMPORARY TABLE ${copied} CHARACTER SET ascii AS ${rows}`,
    tell: (last) =>
      'INSERT INTO oracle (source, operation, old_row, new_row) ' +
      `SELECT ${source}, IF(now.id IS NULL, 'delete', 'update'), was.told, now.told ` +
      `FROM ${copied} AS was LEFT JOIN (${rows}) AS now ON now.id = was.id ` +
      'WHERE (now.id IS NULL OR now.told <> was.told) AND was.told NOT IN ' +
      `(SELECT old_row FROM oracle WHERE seq > ${last} AND source = ${source} AND old_row IS NOT NULL)`,
    drop: `DROP TEMPORARY TABLE ${copied}`,
  };
}
