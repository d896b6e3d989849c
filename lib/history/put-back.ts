import type { Model, ModelStatic, SaveOptions, Transaction } from 'sequelize';

import { buildNew } from '../adapter/model';
import type { AuditedModel } from '../capture/model/audited-model';
import type { Column, Row } from '../capture/model/columns';
import { AuditError } from '../errors';
import { suggestion } from '../known-names';
import type { Values } from '../record/values';
import type { Audit } from '../storage/audit-model';
import type { RevertOptions } from '../storage/reading/revert-options';
import { instanceForm, isKnown } from './instance-form';

/** The option of Sequelize's calls that says why, and which record is taken back. */
export function reasonOf(
  audit: Audit | null,
  { reason }: RevertOptions,
): NonNullable<Exclude<SaveOptions['audit'], false>> {
  return { ...(reason === undefined ? {} : { reason }), ...(audit ? { extra: { revertOf: audit.id } } : {}) };
}

/**
 * Which of some values can be written, by column. Sequelize's own (updatedAt, version) are left to it.
 * Throws AUDIT_REVERT for those that the trail does not know, if `given` has none for them, and for attributes that
 * the model has no more, unless it is forced.
 */
export function writable(
  audited: AuditedModel,
  values: Values,
  { values: given = {}, force = false }: RevertOptions,
): Map<Column, unknown> {
  const { byName } = audited.columns;
  assertAttributes(audited, given);
  const all = { ...values, ...given };
  const gone = Object.keys(values).filter((name) => !byName.has(name));
  if (gone.length > 0 && !force) {
    throw new AuditError(
      'AUDIT_REVERT',
      `${audited.name} has no attribute ${list(gone)} any more. With { force: true } the others are put back.`,
    );
  }
  const unknown = Object.keys(all).filter((name) => byName.has(name) && !isKnown(all[name]));
  if (unknown.length > 0) throw notKnown(audited, unknown, 'they were masked, or too large');
  const columns = Object.entries(all).flatMap(([name, value]): [Column, unknown][] => {
    const column = byName.get(name);
    return column && !column.isAutomatic ? [[column, value]] : [];
  });
  return new Map(columns);
}

/** Sequelize finds the row of an instance by its key, and would write to none. Throws AUDIT_REVERT. */
export function assertKeyStays({ name }: AuditedModel, row: Row, values: ReadonlyMap<Column, unknown>): void {
  const changed = [...values].filter(
    ([column, value]) => column.isKey && !column.type.equal(row[column.name], value),
  );
  if (changed.length === 0) return;
  throw new AuditError(
    'AUDIT_REVERT',
    `The key of ${name} (${list(changed.map(([column]) => column.name))}) would change, which is not taken back. ` +
      `Change it yourself: ${name}.update({ … }, { where: { … } }).`,
  );
}

/** Writes values into an instance past its setters, which may do more than set: they were through them once. */
export function assign(instance: Model, values: ReadonlyMap<Column, unknown>): void {
  for (const [column, value] of values) {
    const held = instanceForm(column, value);
    instance.setDataValue(column.name, held);
    // What is equal by identity alone (JSON) would not be seen as changed.
    instance.changed(column.name as never, true);
  }
}

/**
 * A row with all that it held. Not marked as deleted, if it was. Throws AUDIT_REVERT where it needs values of attributes
 * that are not audited.
 */
export async function insert(
  model: ModelStatic<Model>,
  audited: AuditedModel,
  values: ReadonlyMap<Column, unknown>,
  options: { transaction: Transaction; audit: SaveOptions['audit'] },
): Promise<Model> {
  const instance = buildNew(model);
  const missing = audited.columns.all.filter(
    (column) =>
      !column.isAudited &&
      !values.has(column) &&
      column.attribute.allowNull === false &&
      (instance.getDataValue(column.name) ?? null) === null,
  );
  if (missing.length > 0)
    throw notKnown(
      audited,
      missing.map(({ name }) => name),
      'they are not audited',
    );
  assign(instance, new Map([...values].filter(([column]) => column !== audited.columns.deletedAt)));
  return instance.save(options as SaveOptions);
}

function assertAttributes({ name, columns }: AuditedModel, given: Values): void {
  const unknown = Object.keys(given).find((attribute) => !columns.byName.has(attribute));
  if (unknown === undefined) return;
  throw new AuditError(
    'AUDIT_REVERT',
    `${name} has no attribute "${unknown}".${suggestion(unknown, [...columns.byName.keys()])}`,
  );
}

function notKnown({ name }: AuditedModel, attributes: readonly string[], why: string): AuditError {
  return new AuditError(
    'AUDIT_REVERT',
    `The trail does not hold the values of ${list(attributes)} of ${name}: ${why}. ` +
      `Give them, as in { values: { ${attributes[0]}: … } }.`,
  );
}

function list(names: readonly string[]): string {
  return names.map((name) => `"${name}"`).join(', ');
}
