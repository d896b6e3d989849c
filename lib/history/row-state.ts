import type { Model, ModelStatic, Transaction } from 'sequelize';

import { internalsOf } from '../adapter/model';
import { LiveRows } from '../capture/live-rows';
import type { AuditedModel } from '../capture/model/audited-model';
import type { Column, Row } from '../capture/model/columns';
import type { ReadOptions } from '../capture/writes/row-reader';
import type { Moment } from '../record/moment';
import type { Values } from '../record/values';
import type { Audit } from '../storage/audit-model';
import type { PastState } from '../storage/reading/past-state';
import { trailOf } from '../trail/registry';

/** What is known of one row at one moment. */
export interface RowState {
  readonly at: Date;
  /** Null where it was not there. */
  readonly values: Values | null;
  /** The last record up to then. */
  readonly audit: Audit | null;
}

/** What a row held, by the trail, and by the row itself for what has never changed since. */
export async function rowStateAt(
  model: ModelStatic<Model>,
  audited: AuditedModel,
  key: string,
  at: Moment | Audit,
  transaction?: Transaction,
): Promise<RowState> {
  const state = await trailOf(model.sequelize!).history.stateAt({
    model: audited.name,
    id: key,
    at,
    formerKey: (audit) => formerKeyIn(audited, audit),
    ...(transaction === undefined ? {} : { transaction }),
  });
  if (state.isComplete) return state;
  const live = await liveRow(model, audited, key, { transaction });
  return { at: state.at, audit: state.audit, values: completed(audited, state, live) };
}

/** The key that a row had before a record, which has changed it; undefined if it has not. */
export function formerKeyIn(
  audited: AuditedModel,
  { event, auditableId, oldValues }: Audit,
): string | undefined {
  return event === 'updated' ? audited.formerKey(auditableId ?? '', oldValues) : undefined;
}

/** A row as it is now, in the trail's form, of the attributes that are audited; undefined if there is none. */
export async function liveRow(
  model: ModelStatic<Model>,
  audited: AuditedModel,
  key: string,
  { transaction, lock }: { transaction?: Transaction | undefined } & ReadOptions = {},
): Promise<Row | undefined> {
  const live = new LiveRows(model, audited, recordedColumns(audited), transaction);
  const { rows } = await live.byKeys([key], lock ? { lock } : {});
  return rows[0]?.row;
}

/** Keys are needed to tell which row is which. */
export function recordedColumns({ columns }: AuditedModel): Column[] {
  return columns.all.filter(({ isAudited, isKey }) => isAudited || isKey);
}

/** What the trail knows, and of the rest what the row holds now, which nothing has changed since. */
export function completed(
  audited: AuditedModel,
  { exists, values, at }: Pick<PastState, 'exists' | 'values' | 'at'>,
  live: Row | undefined,
): Values | null {
  if (exists === false) return null;
  if (live === undefined) return exists === undefined ? null : values;
  if (exists === undefined && isYounger(audited, live, at)) return null;
  const held: Values = { ...values };
  for (const { name, shown, isAudited } of audited.columns.all) {
    if (isAudited && name in live && !Object.hasOwn(held, name)) held[name] = shown(live[name]);
  }
  return held;
}

/** A row without any record may say itself when it was made. */
function isYounger({ model }: AuditedModel, live: Row, at: Date): boolean {
  const { createdAt } = internalsOf(model)._timestampAttributes;
  const made = createdAt === undefined ? undefined : live[createdAt];
  return typeof made === 'string' && Date.parse(made) > at.getTime();
}
