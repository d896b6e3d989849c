import type { FieldValues, Where } from '../../adapter/write-port';
import type { RowEvent } from '../../record/record';
import type { Values } from '../../record/values';
import { UNKNOWN } from '../types/value-type';
import { Shown } from './shown-condition';
import type { WriteCall } from './write-call';

/** A statement that changed many rows, as one record tells of it. */
export interface Statement {
  readonly event: RowEvent;
  /** What Sequelize calls it: `bulkCreate`, `update`, `destroy`, `restore`, `truncate`, `increment`, `decrement`. */
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
  call.record(() => {
    const shown = new Shown(audited, call.sequelize.constructor);
    return [
      {
        event,
        auditableType: audited.name,
        auditableId: null,
        oldValues: null,
        newValues: values ? setValues(call, values, shown) : null,
        tags: audited.options.tags,
        context: { statement: { operation, ...duplicates(call), where: shown.condition(where), count } },
      },
    ];
  });
}

function setValues(call: WriteCall, values: FieldValues, shown: Shown): Values {
  const set: Values = {};
  for (const [field, value] of Object.entries(values)) {
    const column = call.audited.columns.byField.get(field);
    if (!column?.isAudited || value === undefined) continue;
    const known = column.type.fromInstance(value);
    const told = isCounter(call, field, value) ? { literal: value.val } : shown.operand(value);
    set[column.name] = column.shown(known === UNKNOWN ? told : known);
  }
  return set;
}

/** `n + 1`: SQL that speaks of nothing but its own column. */
function isCounter({ sql }: WriteCall, field: string, value: unknown): value is { val: string } {
  const { val } = (value ?? {}) as { val?: unknown };
  const own = sql.name(field);
  return typeof val === 'string' && val.startsWith(own) && /^ [+-] '?-?[\d.]+'?$/.test(val.slice(own.length));
}

/** What else tells what the statement did: which attributes it writes to rows that are there already. */
function duplicates({ audited, options }: WriteCall): { updateOnDuplicate?: string[] } {
  const written = options.updateOnDuplicate?.map((field) => audited.columns.byField.get(field));
  return written
    ? { updateOnDuplicate: written.flatMap((column) => (column?.isAudited ? [column.name] : [])) }
    : {};
}
