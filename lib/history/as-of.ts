import { Op } from 'sequelize';
import type { Model, ModelStatic, Transaction, WhereOptions } from 'sequelize';

import { buildStored, internalsOf } from '../adapter/model';
import { conditionOn } from '../adapter/sql';
import { assertKnownKeys } from '../known-names';
import { LiveRows } from '../capture/live-rows';
import type { AuditedModel } from '../capture/model/audited-model';
import { AuditError } from '../errors';
import { dateOf } from '../record/moment';
import type { Moment } from '../record/moment';
import type { Values } from '../record/values';
import { trailOf } from '../trail/registry';
import { auditedTable } from './audited-table';
import { changedSince } from './changed-since';
import { matching } from './matches';
import { pastInstance } from './past-instance';
import { completed, recordedColumns, rowStateAt } from './row-state';

/** Which records of a model, as they were. */
export interface AsOfOptions {
  /**
   * A condition on what they held then: attributes, values and Sequelize's operators, without SQL. Default all. One that
   * names primary keys finds no row whose key has changed since.
   */
  where?: WhereOptions;
  /** Of a paranoid model: `false` finds those as well that were marked as deleted then. Default true. */
  paranoid?: boolean;
  transaction?: Transaction | null;
}

const NAMES = ['where', 'paranoid', 'transaction'];
const KEYS_AT_ONCE = 500;

/** One record as it was, marked as deleted or not; null where it was not there. Throws AUDIT_QUERY, AUDIT_OPTION, AUDIT_NOT_MIGRATED. */
export async function instanceAsOf(
  model: ModelStatic<Model>,
  key: string,
  at: Moment,
  options: Pick<AsOfOptions, 'transaction'> = {},
): Promise<Model | null> {
  assertKnownKeys(options, ['transaction'], 'option of asOf');
  const transaction = options.transaction ?? undefined;
  const audited = auditedTable(model);
  const state = await rowStateAt(model, audited, key, at, transaction);
  return state.values && pastInstance(model, audited, state.values, state.at);
}

/**
 * The records of a model as they were, those included that have been deleted since. What has changed since comes from
 * the trail, all else from the table: the trail of what happened after the moment must be whole, and so must be stored.
 * A scope's condition holds for them as for `findAll`; `unscoped()` leaves it out.
 * Throws AUDIT_OPTION, AUDIT_QUERY, AUDIT_NOT_MIGRATED.
 */
export async function modelAsOf(
  model: ModelStatic<Model>,
  moment: Moment,
  options: AsOfOptions = {},
): Promise<Model[]> {
  assertOptions(options);
  const at = dateOf(moment, 'The moment of asOf');
  const audited = auditedTable(model);
  const where = withScope(model, options.where);
  const matches = matching(where, audited);
  const transaction = options.transaction ?? undefined;
  const keys = keysOf(options.where, audited);
  const changed = await changedSince(trailOf(model.sequelize!), audited, at, keys, transaction);
  const found = new Map<string, Values>();
  const keep = (key: string, values: Values | null): void => {
    if (values === null || !matches(values)) return;
    if (options.paranoid === false || !audited.isMarked(values)) found.set(key, values);
  };
  const rows = new LiveRows(model, audited, recordedColumns(audited), transaction);
  for await (const page of rows.pages(KEYS_AT_ONCE, conditionOn(model, where))) {
    for (const { key, row } of page.rows) {
      if (!changed.hasNow(key)) keep(key, completed(audited, { exists: undefined, values: {}, at }, row));
    }
  }
  for (const chunk of inChunks([...changed.rows])) {
    const present = chunk.flatMap(([key]) => changed.presentKey(key) ?? []);
    const live = new Map((await rows.byKeys(present)).rows.map(({ key, row }) => [key, row]));
    for (const [key, { exists, values }] of chunk)
      keep(key, completed(audited, { exists, values, at }, live.get(changed.presentKey(key) ?? '')));
  }
  return [...found.values()].map((values) => pastInstance(model, audited, values, at));
}

function assertOptions(options: AsOfOptions): void {
  assertKnownKeys(options, NAMES, 'option of asOf');
  const { paranoid } = options;
  if (paranoid === undefined || typeof paranoid === 'boolean') return;
  throw new AuditError('AUDIT_OPTION', 'The option "paranoid" of asOf must be true or false.');
}

/** As with `findAll`, of a class with a scope only the records that were within it. */
function withScope(model: ModelStatic<Model>, where: WhereOptions | undefined): WhereOptions | undefined {
  const scope = internalsOf(model)._scope?.where;
  return scope && where !== undefined ? { [Op.and]: [scope, where] } : (scope ?? where);
}

/** The keys that a condition names, so that not all records of the model are read; undefined where it names none. */
function keysOf(where: WhereOptions | undefined, audited: AuditedModel): string[] | undefined {
  const [column, another] = audited.columns.keys;
  if (column === undefined || another !== undefined) return undefined;
  const named = [(where as Record<string, unknown> | undefined)?.[column.name]].flat();
  if (!named.every((value) => ['string', 'number', 'bigint'].includes(typeof value))) return undefined;
  return named.flatMap(
    (value) => audited.keyOfInstance(buildStored(audited.model, { [column.name]: value })) ?? [],
  );
}

function inChunks<T>(items: readonly T[]): T[][] {
  const chunks: T[][] = [];
  for (let start = 0; start < items.length; start += KEYS_AT_ONCE)
    chunks.push(items.slice(start, start + KEYS_AT_ONCE));
  return chunks;
}
