import type { FieldValues, Where } from '../../adapter/write-port';
import { maskWithin } from '../../record/redaction';
import type { RowEvent } from '../../record/record';
import type { Values } from '../../record/values';
import { UNKNOWN } from '../types/value-type';
import type { WriteCall } from './write-call';

/** A statement that changed many rows, as one record tells of it. */
export interface Statement {
  readonly event: RowEvent;
  /** What Sequelize calls it: `bulkCreate`, `update`, `destroy`, `truncate`, `increment`. */
  readonly operation: string;
  readonly where?: Where;
  /** What was set, by column name. */
  readonly values?: FieldValues;
  /** Rows; null where the database does not tell. */
  readonly count: number | null;
}

/** One record for a whole statement: which rows, what was set, how many; not what they held before. */
export function recordSummary(call: WriteCall, { event, operation, where, values, count }: Statement): void {
  if (count === 0) return;
  const { audited } = call;
  if (audited.options.events && !audited.options.events.includes(event)) return;
  call.record(() => [
    {
      event,
      auditableType: audited.name,
      auditableId: null,
      oldValues: null,
      newValues: values ? setValues(call, values) : null,
      tags: audited.options.tags,
      context: { statement: { operation, where: maskWithin(readable(where)), count } },
    },
  ]);
}

function setValues(call: WriteCall, values: FieldValues): Values {
  const set: Values = {};
  for (const [field, value] of Object.entries(values)) {
    const column = call.audited.columns.byField.get(field);
    if (!column?.isAudited || value === undefined) continue;
    const known = column.type.fromInstance(value);
    set[column.name] = column.shown(known === UNKNOWN ? readable(value) : known);
  }
  return set;
}

/** Conditions are keyed by symbols (`Op.gt`), and may hold SQL: made into what JSON holds and people read. */
function readable(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(readable);
  if (typeof value !== 'object' || value === null) return value;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === Object.prototype || prototype === null) {
    return Object.fromEntries(
      Reflect.ownKeys(value).map((key) => [
        typeof key === 'symbol' ? (key.description ?? '') : key,
        readable((value as Record<PropertyKey, unknown>)[key]),
      ]),
    );
  }
  const { val, fn, args, col } = value as { val?: unknown; fn?: unknown; args?: unknown; col?: unknown };
  if (typeof fn === 'string') return { fn, args: readable(args) };
  if (typeof val === 'string') return { literal: val };
  return typeof col === 'string' ? { col } : value;
}
