import { Op } from 'sequelize';
import type { Model, ModelStatic } from 'sequelize';

import { internalsOf, modelsOf, tableKey } from '../../adapter/model';
import type { TableName } from '../../adapter/model';
import { AuditedModel } from '../model/audited-model';
import type { Column } from '../model/columns';
import { RowReader } from './row-reader';
import type { Image } from './row-reader';
import type { WriteCall } from './write-call';

/** A foreign key by which the database deletes or changes rows when another is deleted. */
interface Reference {
  readonly child: AuditedModel;
  readonly column: Column;
  /** The attribute of the deleted row that it refers to. */
  readonly to: Column;
  readonly deletes: boolean;
}

interface Child {
  readonly call: WriteCall;
  readonly images: readonly Image[];
}

/**
 * Reads the rows that the database will delete or null with those given, their own children included.
 * Called after the delete, the answer records what has become of them: whether there really is a
 * foreign key is seen by its effect.
 */
export async function cascadesOf(call: WriteCall, deleted: readonly Image[]): Promise<() => Promise<void>> {
  const children: Child[] = [];
  const seen = new Set<string>();
  const collect = async (parent: WriteCall, rows: readonly Image[]): Promise<void> => {
    for (const { id } of rows) seen.add(rowId(parent, id));
    for (const { child, column, to, deletes } of referencesTo(parent.audited, parent.table)) {
      const values = rows
        .map(({ row }) => row[to.name])
        .filter((value) => value !== null && value !== undefined);
      if (values.length === 0) continue;
      const childCall = parent.on(child, internalsOf(child.model).getTableName());
      const reader = new RowReader(childCall, child.columns.all);
      const found = await reader.where({ [column.field]: { [Op.in]: values } }, { lock: 'key' });
      const images = found.filter(({ id }) => !seen.has(rowId(childCall, id)));
      if (images.length === 0) continue;
      children.push({ call: childCall, images });
      if (deletes) await collect(childCall, images);
    }
  };
  await collect(call, deleted);
  return async () => {
    for (const child of children) await recordFate(child);
  };
}

/** Audited models whose rows refer to a table, over however many others, and however they do. */
export function dependantsOf(audited: AuditedModel, table: TableName): AuditedModel[] {
  const found = new Map<string, AuditedModel>([[tableKey(table), audited]]);
  const queue: [AuditedModel, TableName][] = [[audited, table]];
  for (let next = queue.shift(); next; next = queue.shift()) {
    for (const { child } of referencesTo(...next, true)) {
      const name = internalsOf(child.model).getTableName();
      if (found.has(tableKey(name))) continue;
      found.set(tableKey(name), child);
      queue.push([child, name]);
    }
  }
  found.delete(tableKey(table));
  return [...found.values()];
}

async function recordFate({ call, images }: Child): Promise<void> {
  const now = await new RowReader(call, call.audited.columns.all).byKeys(
    images.map(({ key }) => key),
    { lock: 'key' },
  );
  const rows = new Map(now.map(({ id, row }) => [id, row]));
  call.recordRows(images.map(({ id, row }) => ({ before: row, after: rows.get(id) })));
}

function* referencesTo(parent: AuditedModel, table: TableName, any = false): Generator<Reference> {
  for (const model of modelsOf(parent.model.sequelize!)) {
    // What is not audited is not recorded, but may lead to what is.
    const child = AuditedModel.of(model) ?? new AuditedModel(model, { events: [] });
    if (child.columns.keys.length === 0) continue;
    for (const column of child.columns.all) {
      const { references, onDelete } = column.attribute;
      const action = onDelete?.toUpperCase() ?? '';
      if (!references?.model || !(any || ['CASCADE', 'SET NULL', 'SET DEFAULT'].includes(action))) continue;
      if (tableKey(tableOf(references.model)) !== tableKey(table)) continue;
      const to = parent.columns.byField.get(references.key ?? '') ?? parent.columns.keys[0];
      if (to) yield { child, column, to, deletes: action === 'CASCADE' };
    }
  }
}

function tableOf(model: TableName | ModelStatic<Model>): TableName {
  return typeof model === 'function' ? internalsOf(model).getTableName() : model;
}

function rowId(call: WriteCall, id: string): string {
  return `${tableKey(call.table)}\u0000${id}`;
}
