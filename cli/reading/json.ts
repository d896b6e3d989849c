import { decodeValues, encodeValues } from '../../lib/record/values';
import type { Values } from '../../lib/record/values';
import type { Audit } from '../../lib/storage/audit-model';

const PLAIN = [
  'id',
  'event',
  'auditableType',
  'auditableId',
  'parentType',
  'parentId',
  'userType',
  'userId',
  'url',
  'ipAddress',
  'userAgent',
  'requestId',
  'transactionId',
] as const;
const JSONS = ['tags', 'context', 'oldValues', 'newValues'] as const;
/** The keys of a record in what commands put out. */
export const KEYS = [...PLAIN, ...JSONS, 'createdAt', 'schemaVersion'] as const;

/** A record as commands put it out. */
export type Row = Record<(typeof KEYS)[number], unknown>;

/** A record by the names of its attributes, with values in the trail's own form, which is JSON. */
export function rowOf(audit: Audit, createdAt: string): Row {
  return {
    ...(Object.fromEntries(PLAIN.map((name) => [name, audit.getDataValue(name)])) as Row),
    ...(Object.fromEntries(JSONS.map((name) => [name, storedForm(audit.getDataValue(name))])) as Row),
    createdAt,
    schemaVersion: audit.schemaVersion,
  };
}

/** The same with its differences. */
export function rowWithDiff(audit: Audit, createdAt: string): Row & { diff: unknown } {
  return { ...rowOf(audit, createdAt), diff: plain(audit.diff()) };
}

/** Any value in the trail's own form. */
export function plain(value: unknown): unknown {
  return (JSON.parse(encodeValues({ value })) as Values)['value'];
}

/** Some databases keep JSON as text. */
function storedForm(stored: unknown): unknown {
  if (typeof stored !== 'string') return stored;
  try {
    return JSON.parse(stored) as unknown;
  } catch {
    return decodeValues(stored);
  }
}
