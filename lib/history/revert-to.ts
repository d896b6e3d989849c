import type { Model, ModelStatic, Transaction } from 'sequelize';

import { likenessOf } from '../capture/likeness';
import type { AuditedModel } from '../capture/model/audited-model';
import { AuditError } from '../errors';
import type { Moment } from '../record/moment';
import { notDeletedValue } from '../adapter/model';
import type { Audit } from '../storage/audit-model';
import type { Reverted, RevertOptions } from '../storage/reading/revert-options';
import { isAudit } from '../storage/reading/past-state';
import { trailOf } from '../trail/registry';
import { auditedTable } from './audited-table';
import { liveInstance } from './live-instance';
import { assertKeyStays, assign, insert, reasonOf, writable } from './put-back';
import { rowStateAt } from './row-state';
import { within } from './within';

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * Makes a record what it was at a moment, or right after one of its audits (itself, or its id). A record that has been
 * deleted since comes back. Throws AUDIT_NOT_FOUND where it was not there, AUDIT_REVERT, AUDIT_OPTION, AUDIT_QUERY.
 */
export async function revertRecordTo(
  model: ModelStatic<Model>,
  key: string,
  target: Audit | Moment,
  options: RevertOptions = {},
): Promise<Reverted> {
  const audited = auditedTable(model);
  return within(model, options, async (transaction) => {
    const at = await targetOf(model, key, target, transaction);
    const state = await rowStateAt(model, audited, key, at, transaction);
    if (!state.values) {
      const when = state.at.toISOString();
      throw new AuditError(
        'AUDIT_NOT_FOUND',
        `${audited.name} ${key} was not there at ${when}, as far as the trail knows.`,
      );
    }
    return putBack(model, audited, key, state.values, {
      transaction,
      options,
      audit: isAudit(at) ? at : state.audit,
    });
  });
}

async function putBack(
  model: ModelStatic<Model>,
  audited: AuditedModel,
  key: string,
  past: Readonly<Record<string, unknown>>,
  { transaction, options, audit }: { transaction: Transaction; options: RevertOptions; audit: Audit | null },
): Promise<Reverted> {
  const writing = { transaction, audit: reasonOf(audit, options) };
  const live = await liveInstance(model, audited, key, transaction);
  if (!live) {
    const values = writable(audited, past, options);
    await insert(model, audited, values, writing);
    return { event: 'created', attributes: [...values.keys()].map(({ name }) => name) };
  }
  const { deletedAt } = audited.columns;
  const unmarked = deletedAt ? { [deletedAt.name]: notDeletedValue(model, deletedAt.name) } : {};
  // What has not changed need not be known: it stays.
  const changed = Object.entries({ ...unmarked, ...past, ...options.values }).filter(([name, value]) => {
    const column = audited.columns.byName.get(name);
    return !column || (!column.isKey && likenessOf(column, live.row[name], value) === 'different');
  });
  const values = writable(audited, Object.fromEntries(changed), options);
  assertKeyStays(audited, live.row, values);
  if (values.size === 0) return { event: null, attributes: [] };
  assign(live.instance, values);
  const names = [...values.keys()].map(({ name }) => name);
  await live.instance.save({ ...writing, fields: names });
  return {
    event: audited.isMarked(live.row) && !audited.isMarked(past) ? 'restored' : 'updated',
    attributes: names,
  };
}

async function targetOf(
  model: ModelStatic<Model>,
  key: string,
  target: Audit | Moment,
  transaction: Transaction,
): Promise<Audit | Moment> {
  if (typeof target === 'string' && UUID.test(target)) {
    // By the connection that is taken already: a pool may have no other.
    const found = await trailOf(model.sequelize!).history.find(target, { transaction });
    if (found) return assertOwn(model, key, found);
    throw new AuditError('AUDIT_NOT_FOUND', `The trail has no record ${target}.`);
  }
  return isAudit(target) ? assertOwn(model, key, target) : target;
}

function assertOwn(model: ModelStatic<Model>, key: string, audit: Audit): Audit {
  if (audit.auditableType === model.name && audit.auditableId === key) return audit;
  throw new AuditError(
    'AUDIT_NOT_FOUND',
    `Record ${audit.id} is about ${audit.auditableType} ${audit.auditableId}, and not about ${model.name} ${key}.`,
  );
}
