import { Op } from 'sequelize';
import type { Model, ModelStatic, Transaction, WhereOptions } from 'sequelize';

import { buildStored, internalsOf } from '../adapter/model';
import { conditionOn } from '../adapter/sql';
import { LiveRows } from '../capture/live-rows';
import { AuditedModel } from '../capture/model/audited-model';
import { AuditError } from '../errors';
import { assertKnownKeys } from '../known-names';
import { PastRow } from '../record/past-row';
import { dateOf } from '../record/moment';
import type { Moment } from '../record/moment';
import type { Values } from '../record/values';
import type { AuditQuery } from '../storage/reading/audit-query';
import { trailOf } from '../trail/registry';
import { matching } from './matches';
import { pastInstance } from './past-instance';
import { completed, recordedColumns, rowStateAt } from './row-state';

/** Which records of a model, as they were. */
export interface AsOfOptions {
  /** A condition on what they held then: attributes, values and Sequelize's operators, without SQL. Default all. */
  where?: WhereOptions;
  /** Of a paranoid model: `false` finds those as well that were marked as deleted then. Default true. */
  paranoid?: boolean;
  transaction?: Transaction | null;
}

const NAMES = ['where', 'paranoid', 'transaction'];
const KEYS_AT_ONCE = 500;

/** One record as it was, marked as deleted or not; null where it was not there. Throws AUDIT_QUERY, AUDIT_NOT_MIGRATED. */
export async function instanceAsOf(
  model: ModelStatic<Model>,
  key: string,
  at: Moment,
  transaction?: Transaction,
): Promise<Model | null> {
  const audited = AuditedModel.of(model)!;
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
  const at = dateOf(moment, 'The moment of asOf');
  assertOptions(options);
  const audited = AuditedModel.of(model)!;
  const where = withScope(model, options.where);
  const matches = matching(where, audited);
  const transaction = options.transaction ?? undefined;
  const keys = keysOf(options.where, audited);
  const changed = await changedSince(model, at, keys, transaction);
  const found = new Map<string, Values>();
  const keep = (key: string, values: Values | null): void => {
    if (values === null || !matches(values)) return;
    if (options.paranoid === false || !audited.isMarked(values)) found.set(key, values);
  };
  const rows = new LiveRows(model, audited, recordedColumns(audited), transaction);
  for await (const page of rows.pages(KEYS_AT_ONCE, conditionOn(model, where))) {
    for (const { key, row } of page.rows) {
      if (!changed.has(key)) keep(key, completed(audited, { exists: undefined, values: {}, at }, row));
    }
  }
  for (const keys of inChunks([...changed.keys()])) {
    const live = new Map((await rows.byKeys(keys)).rows.map(({ key, row }) => [key, row]));
    for (const key of keys) {
      const { exists, values } = changed.get(key)!;
      keep(key, completed(audited, { exists, values, at }, live.get(key)));
    }
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

/** What the records since then say of how it was before them, by key. */
async function changedSince(
  model: ModelStatic<Model>,
  at: Date,
  keys: readonly string[] | undefined,
  transaction: Transaction | undefined,
): Promise<Map<string, PastRow>> {
  const { history } = trailOf(model.sequelize!);
  const rows = new Map<string, PastRow>();
  const told = new Set<string>();
  const since = new Date(at.getTime() + 1);
  const query: Omit<AuditQuery, 'limit'> = {
    model: model.name,
    since,
    order: 'oldest',
    ...(keys ? { id: keys } : {}),
    ...(transaction === undefined ? {} : { transaction }),
  };
  for await (const audit of history.each(query)) {
    const key = audit.auditableId;
    if (key === null || told.has(key)) continue;
    let row = rows.get(key);
    if (!row) rows.set(key, (row = new PastRow()));
    if (!row.after(audit)) told.add(key);
  }
  return rows;
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

function inChunks(keys: readonly string[]): string[][] {
  const chunks: string[][] = [];
  for (let start = 0; start < keys.length; start += KEYS_AT_ONCE)
    chunks.push(keys.slice(start, start + KEYS_AT_ONCE));
  return chunks;
}
