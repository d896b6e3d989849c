import type { Model, ModelStatic, Transaction } from 'sequelize';

import type { AuditedModel } from '../capture/model/audited-model';
import { AuditError } from '../errors';
import { canonicalKey } from '../record/key';
import { ROW_EVENTS } from '../record/record';
import type { Audit } from '../storage/audit-model';
import type { RevertOptions } from '../storage/reading/revert-options';
import { trailOf } from '../trail/registry';
import { auditedTable } from './audited-table';
import { liveInstance } from './live-instance';
import { revertAudit } from './revert';
import { within } from './within';

/** A key as callers give it: a value, or the values of a composite key by attribute. */
export type KeyLike = string | number | bigint | Readonly<Record<string, unknown>>;

/**
 * Brings a deleted record back as it was, marked as deleted or gone; the instance. What the database deleted along with
 * it comes back by its own `undelete`.
 *
 * Throws AUDIT_NOT_FOUND where the trail has no deletion of it, AUDIT_CONFLICT where it is there, and AUDIT_REVERT where
 * the trail does not know all of its values, unless they are given.
 */
export async function undeleteRecord(
  model: ModelStatic<Model>,
  keyLike: KeyLike,
  options: RevertOptions = {},
): Promise<Model> {
  const audited = auditedTable(model);
  const key = keyOf(audited, keyLike);
  return within(model, options, async (transaction) => {
    const deletion = await lastTurn(model, key, transaction);
    if (deletion?.event !== 'deleted') {
      throw new AuditError(
        deletion ? 'AUDIT_CONFLICT' : 'AUDIT_NOT_FOUND',
        deletion
          ? `${audited.name} ${key} is not deleted: the last that is stored of it is "${deletion.event}".`
          : `The trail has no record of ${audited.name} ${key}.`,
      );
    }
    await revertAudit(model, deletion, { ...options, transaction });
    return (await liveInstance(model, audited, key, transaction))!.instance;
  });
}

/**
 * What says last whether the record is there: rows that are marked as deleted can be updated as well. By the connection
 * that is taken already: a pool may have no other.
 */
async function lastTurn(
  model: ModelStatic<Model>,
  id: string,
  transaction: Transaction,
): Promise<Audit | undefined> {
  const { history } = trailOf(model.sequelize!);
  const event = ROW_EVENTS.filter((each) => each !== 'updated');
  const { audits } = await history.search({ model: model.name, id, event, limit: 1, transaction });
  return audits[0];
}

function keyOf(audited: AuditedModel, key: KeyLike): string {
  const names = audited.columns.keys.map(({ name }) => name);
  const values = typeof key === 'object' && key !== null ? key : { [names[0] ?? '']: key };
  const text = typeof key === 'string' && names.length > 1 ? key : canonicalKey(values, names);
  if (text !== null) return text;
  throw new AuditError('AUDIT_QUERY', `The key of ${audited.name} must tell ${names.join(', ')}.`);
}
