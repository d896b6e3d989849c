import type { Model, ModelStatic } from 'sequelize';

import { modelOf, reloadPastScopes } from '../adapter/model';
import { effectiveTransaction } from '../adapter/sequelize';
import { AuditedModel } from '../capture/model/audited-model';
import { AuditError } from '../errors';
import { instanceAsOf, modelAsOf } from '../history/as-of';
import type { AsOfOptions } from '../history/as-of';
import { revertAudit } from '../history/revert';
import { revertRecordTo } from '../history/revert-to';
import { undeleteRecord } from '../history/undelete';
import type { KeyLike } from '../history/undelete';
import type { Moment } from '../record/moment';
import { REVERT } from '../storage/audit-model';
import type { Audit, Revertible } from '../storage/audit-model';
import type { GetAuditsOptions } from '../storage/reading/history';
import type { Reverted, RevertOptions } from '../storage/reading/revert-options';
import { trailOf } from '../trail/registry';

/** What an audited model's instances have in addition. */
export interface AuditInstance {
  /** The instance's history, oldest first unless `order` says otherwise. Throws AUDIT_QUERY, AUDIT_NOT_MIGRATED. */
  getAudits(options?: GetAuditsOptions): Promise<Audit[]>;
  /**
   * What the record was like, also if it has been deleted since; null where it was not there. An instance of its model
   * that cannot be written. Throws AUDIT_QUERY for what is no date.
   */
  asOf(moment: Moment, options?: Pick<AsOfOptions, 'transaction'>): Promise<this | null>;
  /**
   * Makes the record what it was at a moment, or right after one of its audits (itself, or its id), and this instance
   * with it. One that was deleted comes back. The change is audited, with the reason.
   * Throws AUDIT_NOT_FOUND where it was not there, AUDIT_REVERT where its values are not known.
   */
  revertTo(target: Audit | Moment, options?: RevertOptions): Promise<Reverted>;
}

/** What an audited model has in addition. */
export interface AuditStatics<I> {
  /** The records as they were, those included that have been deleted since. Throws AUDIT_QUERY. */
  asOf(moment: Moment, options?: AsOfOptions): Promise<I[]>;
  /** Brings a deleted record back as it was. Throws AUDIT_NOT_FOUND, AUDIT_CONFLICT, AUDIT_REVERT. */
  undelete(key: KeyLike, options?: RevertOptions): Promise<I>;
}

/** Adds what reads a model's history. What the class has of these names stays; the trail itself tells the same. */
export function addReadingMethods(model: ModelStatic<Model>): void {
  define(model.prototype as object, {
    getAudits(this: Model, options?: GetAuditsOptions): Promise<Audit[]> {
      const own = modelOf(this);
      const key = keyIn(this);
      return key === null ? Promise.resolve([]) : trailOf(own.sequelize!).history.of(own.name, key, options);
    },
    async asOf(
      this: Model,
      moment: Moment,
      options?: Pick<AsOfOptions, 'transaction'>,
    ): Promise<Model | null> {
      return instanceAsOf(modelOf(this), keyOf(this), moment, options);
    },
    async revertTo(this: Model, target: Audit | Moment, options: RevertOptions = {}): Promise<Reverted> {
      const reverted = await revertRecordTo(modelOf(this), keyOf(this), target, options);
      if (reverted.event !== null) {
        const transaction = effectiveTransaction(modelOf(this).sequelize!, options);
        await reloadPastScopes(this, transaction ?? null);
      }
      return reverted;
    },
  });
  define(model, {
    async asOf(this: ModelStatic<Model>, moment: Moment, options?: AsOfOptions): Promise<Model[]> {
      return modelAsOf(this, moment, options);
    },
    async undelete(this: ModelStatic<Model>, key: KeyLike, options?: RevertOptions): Promise<Model> {
      return undeleteRecord(this, key, options);
    },
  });
  const revertible: Revertible = { [REVERT]: (audit, options) => revertAudit(model, audit, options) };
  Object.defineProperty(model, REVERT, { value: revertible[REVERT], configurable: true });
}

function define(target: object, methods: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(methods)) {
    if (name in target) continue;
    Object.defineProperty(target, name, { value, writable: true, configurable: true });
  }
}

function keyIn(instance: Model): string | null {
  return AuditedModel.of(modelOf(instance))?.keyOfInstance(instance) ?? null;
}

function keyOf(instance: Model): string {
  const key = keyIn(instance);
  if (key !== null) return key;
  throw new AuditError('AUDIT_QUERY', `This ${modelOf(instance).name} has no key yet, and so no history.`);
}
