import type { Model, ModelStatic } from 'sequelize';

import { columnsOf, dialectOf } from './columns';
import type { TrailRecord } from './expect-trail';
import { canonical, keyOf } from './expected';
import type { Canonical } from './expected';
import { formOf } from './forms';
import type { Row } from './oracle';

/**
 * The rows that a model's table must have if the trail is right, made from its records alone, in their
 * order, beginning with an empty table. Throws where a record does not fit what came before it.
 */
export function replay(model: ModelStatic<Model>, audits: readonly TrailRecord[]): Canonical[] {
  const rows = new Map<string, Canonical>();
  for (const audit of audits) {
    if (audit.auditableType !== model.name) continue;
    const oldValues = canonicalTrail(model, audit.oldValues);
    const newValues = canonicalTrail(model, audit.newValues);
    if (audit.event === 'created') {
      const nulls = Object.fromEntries(columnsOf(model).map(({ attribute }) => [attribute, null]));
      const row = { ...nulls, ...newValues };
      if (rows.has(keyOf(model, row))) throw new Error(`${told(audit)}: the row is there already`);
      rows.set(keyOf(model, row), row);
      continue;
    }
    // A record bears the new key; the old one is in its old values.
    const after = audit.auditableId ?? '';
    const before = keyBefore(model, rows, after, oldValues, newValues);
    const row = rows.get(before);
    if (!row) throw new Error(`${told(audit)}: there is no such row`);
    for (const [attribute, value] of Object.entries(oldValues)) {
      if (row[attribute] !== value) {
        throw new Error(`${told(audit)}: ${attribute} was ${row[attribute]}, the record says ${value}`);
      }
    }
    rows.delete(before);
    if (audit.newValues !== null) rows.set(after, { ...row, ...newValues });
  }
  return sorted([...rows.values()]);
}

/** The rows of a dump, in the form and order of {@link replay}. */
export function rowsOf(model: ModelStatic<Model>, dump: readonly Row[]): Canonical[] {
  return sorted(dump.map((row) => canonical(model, row)));
}

function keyBefore(
  model: ModelStatic<Model>,
  rows: ReadonlyMap<string, Canonical>,
  after: string,
  oldValues: Canonical,
  newValues: Canonical,
): string {
  const keys = model.primaryKeyAttributes;
  if (!keys.some((key) => key in oldValues && key in newValues)) return after;
  const isBefore = (row: Canonical): boolean =>
    keyOf(model, { ...row, ...pickKeys(keys, newValues) }) === after &&
    keys.every((key) => !(key in oldValues) || row[key] === oldValues[key]);
  const found = [...rows.values()].find(isBefore);
  return found ? keyOf(model, found) : after;
}

function pickKeys(keys: readonly string[], values: Canonical): Canonical {
  return Object.fromEntries(keys.filter((key) => key in values).map((key) => [key, values[key] ?? null]));
}

function canonicalTrail(model: ModelStatic<Model>, values: TrailRecord['oldValues']): Canonical {
  const types = new Map(columnsOf(model).map(({ attribute, type }) => [attribute, type]));
  return Object.fromEntries(
    Object.entries(values ?? {}).map(([attribute, value]) => {
      const type = types.get(attribute);
      if (!type) throw new Error(`${model.name} has no attribute "${attribute}".`);
      const text = value === null ? null : formOf(type, dialectOf(model)).fromTrail(value);
      return [attribute, text === 'null' && /^(JSON|JSONB)$/.test(type.key) ? null : text];
    }),
  );
}

function told({ event, auditableType, auditableId }: TrailRecord): string {
  return `${auditableType} ${auditableId}, ${event}`;
}

function sorted(rows: Canonical[]): Canonical[] {
  return rows
    .map((row): [string, Canonical] => [JSON.stringify(Object.entries(row).sort()), row])
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, row]) => Object.fromEntries(Object.entries(row).sort()));
}
