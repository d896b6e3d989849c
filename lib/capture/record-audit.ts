import type { Model, ModelStatic, Sequelize, Transaction } from 'sequelize';

import { assertKnownKeys } from '../known-names';
import { isSuspended } from '../context/scope';
import { AuditError } from '../errors';
import { keyPart } from '../record/key';
import { maskWithin } from '../record/redaction';
import type { Values } from '../record/values';
import { modelOfInstance } from '../adapter/model';
import { effectiveTransaction } from '../adapter/sequelize';
import type { Change } from '../trail/change';
import { onlyTrail, trailOf } from '../trail/registry';
import type { AuditTrail } from '../trail/trail';
import { AuditedModel } from './model/audited-model';

/** An event of the application's own. */
export interface RecordAuditOptions {
  /** Its name, such as `exported` or `logged in`. At most 255 characters. */
  event: string;
  /** What it is about: an instance, a model, or a type and key of anything. */
  target?: Model | ModelStatic<Model> | { type: string; id?: string | number | bigint };
  oldValues?: Values;
  newValues?: Values;
  tags?: readonly string[];
  /** Whose trail is meant, where several instances are audited and the target does not tell. */
  sequelize?: Sequelize;
  /** Recorded when this transaction commits; default that of Sequelize's CLS, `null` for none. */
  transaction?: Transaction | null;
}

const NAMES = ['event', 'target', 'oldValues', 'newValues', 'tags', 'sequelize', 'transaction'];

/**
 * Records an event that is no change of a row, with the user and the rest of the current context.
 * Resolves when it is in the buffer; with driver `sync`, in the table.
 *
 * Throws AUDIT_EVENT, AUDIT_OPTION, and AUDIT_NOT_CONFIGURED when neither `sequelize` nor the target tells whose trail is meant.
 */
export async function recordAudit(options: RecordAuditOptions): Promise<void> {
  if (typeof options !== 'object' || options === null) {
    throw new AuditError(
      'AUDIT_EVENT',
      'recordAudit needs an object such as { event: "exported", target: product }.',
    );
  }
  assertKnownKeys(options, NAMES, 'option of recordAudit');
  const { event, target, oldValues, newValues, tags } = options;
  if (typeof event !== 'string' || event === '' || event.length > 255) {
    throw new AuditError(
      'AUDIT_EVENT',
      'The event of recordAudit must be a name of 1 to 255 characters, such as "exported".',
    );
  }
  if (tags !== undefined && !(Array.isArray(tags) && tags.every((tag) => typeof tag === 'string'))) {
    throw new AuditError('AUDIT_EVENT', 'The tags of recordAudit must be a list of texts.');
  }
  if (options.transaction && typeof options.transaction.commit !== 'function') {
    throw new AuditError('AUDIT_EVENT', 'The transaction of recordAudit must be a Sequelize transaction.');
  }
  for (const [name, values] of Object.entries({ oldValues, newValues })) {
    if (values !== undefined && values !== null && (typeof values !== 'object' || Array.isArray(values))) {
      throw new AuditError('AUDIT_EVENT', `${name} of recordAudit must be an object of values by name.`);
    }
  }
  const { type, key, model } = describe(target);
  if (isSuspended()) return;
  const sequelize = options.sequelize ?? model?.sequelize;
  const trail = sequelize ? trailOf(sequelize) : onlyTrail();
  const change = {
    event,
    auditableType: type,
    auditableId: key,
    oldValues: oldValues ?? null,
    newValues: newValues ?? null,
    tags,
  };
  await recordEvent(trail, change, options);
}

/** Records an event in a trail that is known; as {@link recordAudit}, without its checks. */
export async function recordEvent(
  trail: AuditTrail,
  change: Change,
  options: Pick<RecordAuditOptions, 'transaction'> = {},
): Promise<void> {
  const transaction = effectiveTransaction(trail.sequelize, options);
  const masked = { ...change, oldValues: maskedOf(change.oldValues), newValues: maskedOf(change.newValues) };
  const draft = trail.draft(1, () => [masked], transaction);
  // What was given may be changed as soon as this returns.
  draft.encode();
  await trail.record(draft, transaction);
}

function maskedOf(values: Values | null): Values | null {
  return values ? (maskWithin(values) as Values) : null;
}

function describe(target: RecordAuditOptions['target']): {
  type: string | null;
  key: string | null;
  model?: ModelStatic<Model>;
} {
  if (target === undefined || target === null) return { type: null, key: null };
  if (typeof target === 'function') return { type: target.name, key: null, model: target };
  const model = modelOfInstance(target);
  if (model) {
    // Of a model that is not audited as if it were, so that its key is the same if it will be.
    const audited = AuditedModel.of(model) ?? new AuditedModel(model, {});
    return { type: model.name, key: audited.keyOfInstance(target as Model), model };
  }
  const { type, id } = target as { type?: unknown; id?: unknown };
  const isKey = id === undefined || id === null || ['string', 'number', 'bigint'].includes(typeof id);
  if (typeof type !== 'string' || type === '' || !isKey) {
    throw new AuditError(
      'AUDIT_EVENT',
      'The target of recordAudit must be an instance, a model, or { type: "Report", id: 7 }.',
    );
  }
  return { type, key: id === undefined || id === null ? null : keyPart(id) };
}
