import type { Model, ModelStatic } from 'sequelize';

import { columnsOf, dialectOf, quotedTable } from './columns';
import type { Dialect } from './columns';
import { rowAsText } from './exact-text';

/** The table that the triggers write to. `source` is the number of the model. */
export const CREATE_ORACLE: Record<Dialect, string> = {
  postgres:
    'CREATE TABLE oracle (seq bigserial PRIMARY KEY, source int, operation text, old_row text, new_row text)',
  mysql:
    'CREATE TABLE oracle (seq bigint AUTO_INCREMENT PRIMARY KEY, source int, operation varchar(6), ' +
    'old_row longtext, new_row longtext) CHARACTER SET ascii',
  sqlite:
    'CREATE TABLE oracle (seq integer PRIMARY KEY, source int, operation text, old_row text, new_row text)',
};

export type Operation = 'insert' | 'update' | 'delete';
const OPERATIONS: readonly Operation[] = ['insert', 'update', 'delete'];

/** The statements that make a model's triggers, in order. */
export function triggersFor(model: ModelStatic<Model>, source: number): string[] {
  const dialect = dialectOf(model);
  const table = quotedTable(model);
  const record = (operation: Operation): string => recordStatement(model, source, operation);
  if (dialect !== 'postgres') {
    return OPERATIONS.map(
      (operation) =>
        `CREATE TRIGGER ${schemaOf(model)}oracle_${source}_${operation} AFTER ${operation.toUpperCase()} ON ${table} ` +
        `FOR EACH ROW BEGIN ${record(operation)}; END`,
    );
  }
  const branches = OPERATIONS.map(
    (operation) => `IF TG_OP = '${operation.toUpperCase()}' THEN ${record(operation)}; END IF;`,
  );
  const truncated = `IF TG_OP = 'TRUNCATE' THEN ${allRowsDeleted(model, source)}; END IF;`;
  return [
    `CREATE FUNCTION oracle_${source}() RETURNS trigger LANGUAGE plpgsql AS ` +
      `$oracle$ BEGIN ${[...branches, truncated].join(' ')} RETURN NULL; END $oracle$`,
    `CREATE TRIGGER oracle_${source}_truncate BEFORE TRUNCATE ON ${table} ` +
      `FOR EACH STATEMENT EXECUTE FUNCTION oracle_${source}()`,
    `CREATE TRIGGER oracle_${source} AFTER INSERT OR UPDATE OR DELETE ON ${table} ` +
      `FOR EACH ROW EXECUTE FUNCTION oracle_${source}()`,
  ];
}

function recordStatement(model: ModelStatic<Model>, source: number, operation: Operation): string {
  const dialect = dialectOf(model);
  const columns = columnsOf(model);
  const row = (name: 'OLD' | 'NEW'): string => rowAsText(columns, dialect, `${name}.`);
  const oldRow = operation === 'insert' ? 'NULL' : row('OLD');
  const newRow = operation === 'delete' ? 'NULL' : row('NEW');
  return `${intoOracle(model)} VALUES (${source}, '${operation}', ${oldRow}, ${newRow})`;
}

/** The statement that tells every row of a model's table as deleted: before TRUNCATE, which tells no rows. */
export function allRowsDeleted(model: ModelStatic<Model>, source: number): string {
  const dialect = dialectOf(model);
  const row = rowAsText(columnsOf(model), dialect, 't.');
  return `${intoOracle(model)} SELECT ${source}, 'delete', ${row}, NULL FROM ${quotedTable(model)} t`;
}

function intoOracle(model: ModelStatic<Model>): string {
  // The audited table may lie in another schema.
  const home = { postgres: 'public.', mysql: `${model.sequelize!.config.database}.`, sqlite: '' };
  return `INSERT INTO ${home[dialectOf(model)]}oracle (source, operation, old_row, new_row)`;
}

/** MariaDB wants a trigger in the database of its table, PostgreSQL puts it there, and SQLite has one only. */
function schemaOf(model: ModelStatic<Model>): string {
  const table = model.getTableName();
  const isOther = typeof table !== 'string' && table.schema && model.sequelize!.getDialect() === 'mariadb';
  return isOther ? `${table.schema}.` : '';
}
