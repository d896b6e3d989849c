import { literal } from 'sequelize';

import type { Plain, PlainValues } from './script';

/** The values of a script as Sequelize takes them: `{ $hex }` is a Buffer, `{ $sql }` an expression. */
export function decoded(values: PlainValues = {}): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).map(([attribute, value]) => [attribute, decode(value)]));
}

function decode(value: Plain): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const marked = value as { readonly $hex?: string; readonly $sql?: string };
  if (marked.$hex !== undefined) return Buffer.from(marked.$hex, 'hex');
  return marked.$sql === undefined ? value : literal(marked.$sql);
}
