import type { Model, ModelStatic } from 'sequelize';

import { columnsOf, dialectOf } from './columns';
import { formOf } from './forms';
import type { Change, Row } from './oracle';
import { instantInTrail } from './times';

/** Values by attribute, each in the canonical text of its form. */
export type Canonical = Record<string, string | null>;

/** The record that a change should have. */
export interface ExpectedRecord {
  readonly model: ModelStatic<Model>;
  readonly event: 'created' | 'updated' | 'deleted' | 'restored';
  readonly auditableId: string;
  readonly oldValues: Canonical | null;
  readonly newValues: Canonical | null;
}

/** None where nothing changed: the text may differ where the value does not (JSON with other spaces). */
export function expectedRecord(change: Change): ExpectedRecord | undefined {
  const { model } = change;
  const [before, after] = [canonical(model, change.oldRow), canonical(model, change.newRow)];
  const auditableId = keyOf(model, after ?? before!);
  if (!before) return { model, event: 'created', auditableId, oldValues: null, newValues: after };
  if (!after) return { model, event: 'deleted', auditableId, oldValues: before, newValues: null };
  const changed = Object.keys(after).filter((attribute) => before[attribute] !== after[attribute]);
  if (changed.length === 0) return undefined;
  const newValues = pick(after, changed);
  const mark = markOf(model);
  if (mark && before[mark] === null && after[mark] !== null) {
    return { model, event: 'deleted', auditableId, oldValues: before, newValues };
  }
  const isBack = mark !== undefined && before[mark] !== null && after[mark] === null;
  const oldValues = pick(before, changed);
  return { model, event: isBack ? 'restored' : 'updated', auditableId, oldValues, newValues };
}

/** A row in canonical texts. */
export function canonical(model: ModelStatic<Model>, row: Row): Canonical;
export function canonical(model: ModelStatic<Model>, row: Row | null): Canonical | null;
export function canonical(model: ModelStatic<Model>, row: Row | null): Canonical | null {
  if (!row) return null;
  const dialect = dialectOf(model);
  return Object.fromEntries(
    columnsOf(model).map(({ attribute, type }) => {
      const text = row[attribute] ?? null;
      return [attribute, text === null ? null : formOf(type, dialect).fromServer(text)];
    }),
  );
}

/** As it is documented: one attribute as text, several as a JSON object in alphabetical order. */
export function keyOf(model: ModelStatic<Model>, row: Canonical): string {
  const types = new Map(columnsOf(model).map(({ attribute, type }) => [attribute, type.key]));
  const part = (attribute: string): string => {
    const value = row[attribute] ?? '';
    return types.get(attribute) === 'DATE' ? instantInTrail(value) : value;
  };
  const [first, ...more] = [...model.primaryKeyAttributes].sort();
  if (first === undefined) throw new Error(`${model.name} has no key.`);
  if (more.length === 0) return part(first);
  return JSON.stringify(
    Object.fromEntries([first, ...more].map((attribute) => [attribute, part(attribute)])),
  );
}

/** The attribute by which a paranoid model marks what is deleted. */
function markOf(model: ModelStatic<Model>): string | undefined {
  const { paranoid, deletedAt } = model.options;
  if (!paranoid) return undefined;
  return typeof deletedAt === 'string' ? deletedAt : 'deletedAt';
}

function pick(values: Canonical, attributes: readonly string[]): Canonical {
  return Object.fromEntries(attributes.map((attribute) => [attribute, values[attribute] ?? null]));
}
