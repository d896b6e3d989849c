import type { InstanceDestroyOptions, Model } from 'sequelize';

import { internalsOf, modelOf } from './model';
import type { TableName } from './model';
import type { Where, WriteOptions } from './write-port';

/** What `getChild()` and `getChildren()` of an instance answer. */
type Children = Model | readonly Model[] | null | undefined;

/**
 * The first half of Sequelize's `QueryInterface.delete`: the children that an association with
 * `onDelete: 'cascade', hooks: true` makes Sequelize destroy one by one. The application's hooks run in it, which
 * may do anything, so that no transaction may be open that the application does not know of.
 */
export async function destroyChildren(instance: Model, options: WriteOptions): Promise<void> {
  const own = { ...options } as InstanceDestroyOptions;
  const getters = Object.values(internalsOf(modelOf(instance)).associations)
    .filter(destroysByHooks)
    .map((association) => (association as { accessors: { get: string } }).accessors.get);
  const get = instance as unknown as Record<string, (options: object) => Promise<Children>>;
  for (const getter of getters) {
    const children = (await get[getter]!(own)) ?? [];
    for (const child of [children].flat()) await child.destroy(own);
  }
}

/** The second half: the statement for the row itself. */
export function deleteRow(
  instance: Model,
  table: TableName,
  where: Where,
  options: WriteOptions,
): Promise<unknown> {
  const model = modelOf(instance);
  const sequelize = model.sequelize!;
  const { queryGenerator } = sequelize.getQueryInterface() as unknown as { queryGenerator: DeleteGenerator };
  const sql = queryGenerator.deleteQuery(table, where, {}, model);
  return sequelize.query(sql, { ...options, instance } as object);
}

interface DeleteGenerator {
  deleteQuery(table: TableName, where: Where, options: object, model: object): string;
}

function destroysByHooks(association: unknown): boolean {
  const { options } = association as { options?: { onDelete?: unknown; useHooks?: unknown } };
  return (
    typeof options?.onDelete === 'string' &&
    options.onDelete.toLowerCase() === 'cascade' &&
    options.useHooks === true
  );
}
