import type { Column } from '../capture/model/columns';
import { isCut } from '../capture/likeness';
import { MASK } from '../record/redaction';

/** A value of the trail as an instance of the model holds it. Only dates differ. */
export function instanceForm({ typeKey }: Column, value: unknown): unknown {
  if (typeKey !== 'DATE' || typeof value !== 'string') return value;
  const date = new Date(value);
  return Number.isNaN(date.getTime()) ? value : date;
}

/** Whether the trail has kept the whole value: it was neither masked, as a whole or within, nor too large. */
export function isKnown(value: unknown): boolean {
  if (typeof value === 'string') return value !== MASK;
  if (typeof value !== 'object' || value === null || Buffer.isBuffer(value)) return true;
  return !isCut(value) && Object.values(value).every(isKnown);
}
