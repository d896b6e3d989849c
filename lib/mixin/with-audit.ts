import type { Model, ModelStatic, Sequelize } from 'sequelize';

import { internalsOf, isInitialised, whenInitialised } from '../adapter/model';
import { assertKnownSequelize } from '../adapter/version';
import { AuditError } from '../errors';
import { AuditedModel } from '../capture/model/audited-model';
import { addAuditsAssociation } from './audits-association';
import { addReadingMethods } from './reading-methods';
import type { AuditInstance, AuditStatics } from './reading-methods';
import { assertModelOptions } from '../capture/options';
import type { ModelAuditOptions } from '../capture/options';
import { rememberOriginalValues } from '../capture/model/original-values';
import { watchWrites } from '../capture/writes/watch-writes';

/** The same model class, with what reads its history: `getAudits()` and `asOf()` of its instances, and the like. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- a mixin's constructor takes any arguments (TS2545)
export type Audited<M extends abstract new (...args: any[]) => unknown> = M & {
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- as above
  new (...args: any[]): InstanceType<M> & AuditInstance;
} & AuditStatics<InstanceType<M> & AuditInstance>;

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- as above
type AnyModel = abstract new (...args: any[]) => Model;

/** On classes that withAudit was called for, so that none is audited twice. */
const CALLED = Symbol.for('sequelize-async-audit.called');

/**
 * Audits a model: captures all its writes, and adds `getAudits()` to its instances. Works on what
 * `sequelize.define` returns, on classes before and after `init`, and on sequelize-typescript models.
 * Returns the same class.
 *
 * Throws AUDIT_NOT_A_MODEL, AUDIT_NO_PRIMARY_KEY, AUDIT_NAME_TAKEN, AUDIT_OPTION, AUDIT_SEQUELIZE_VERSION; for a class that is
 * not initialised yet, what depends on its attributes is thrown by `init`.
 */
export function withAudit<M extends AnyModel>(model: M, options: ModelAuditOptions = {}): Audited<M> {
  const target = model as unknown as ModelStatic<Model>;
  assertModel(target);
  assertModelOptions(options);
  const isInherited = CALLED in target;
  if (isInherited && (Object.hasOwn(target, CALLED) || AuditedModel.isOn(target) || !isInitialised(target))) {
    throw new AuditError(
      'AUDIT_OPTION',
      `${target.name} is audited already: call withAudit once for a model.`,
    );
  }
  if (!isInherited && 'getAudits' in target.prototype) {
    throw new AuditError(
      'AUDIT_NAME_TAKEN',
      `${target.name} already has a method getAudits, which auditing would replace.`,
    );
  }
  // Everything that can be wrong is found before the class is touched.
  if (isInitialised(target)) assertAuditable(new AuditedModel(target, options));
  Object.defineProperty(target, CALLED, { value: true });
  addReadingMethods(target);
  rememberOriginalValues(target);
  if (isInitialised(target)) wire(target, options);
  // Also for classes that extend an initialised one, and have an init of their own.
  whenInitialised(target, (initialised) => wire(initialised, options));
  return model as unknown as Audited<M>;
}

/** The decorator form of {@link withAudit}; above or below sequelize-typescript's `@Table`. */
export function Audited(options: ModelAuditOptions = {}): <M extends AnyModel>(model: M) => void {
  return (model) => void withAudit(model, options);
}

function wire(model: ModelStatic<Model>, options: ModelAuditOptions): void {
  const audited = new AuditedModel(model, options);
  assertAuditable(audited);
  watchWrites(model.sequelize as Sequelize);
  if (AuditedModel.isOn(model)) return;
  audited.mark();
  addAuditsAssociation(model);
}

function assertAuditable(audited: AuditedModel): void {
  const internals = internalsOf(audited.model);
  assertKnownSequelize(audited.model.sequelize as Sequelize);
  audited.assertKeyed();
  if (internals.rawAttributes?.audits || Object.hasOwn(internals.associations, 'audits')) {
    throw new AuditError(
      'AUDIT_NAME_TAKEN',
      `${internals.name} has an attribute or association "audits", the name of its records.`,
    );
  }
  audited.assertNames();
}

function assertModel(model: unknown): asserts model is ModelStatic<Model> {
  const candidate = model as { prototype?: { save?: unknown }; addHook?: unknown } | null;
  if (
    typeof model !== 'function' ||
    typeof candidate?.prototype?.save !== 'function' ||
    typeof candidate.addHook !== 'function' ||
    // Sequelize's own base class: all models would be audited, and none of them known.
    Object.getPrototypeOf(model) === Function.prototype
  ) {
    throw new AuditError(
      'AUDIT_NOT_A_MODEL',
      'withAudit needs a Sequelize model: the result of sequelize.define(…), or a class that extends Model.',
    );
  }
}
