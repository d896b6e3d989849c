import { isDeepStrictEqual } from 'node:util';

import type { Model, ModelStatic, Transaction } from 'sequelize';

import { isSuspended } from '../context/scope';
import { messageOf } from '../errors';
import { canonicalKey } from '../record/key';
import type { RowEvent } from '../record/record';
import type { Values } from '../record/values';
import { addFirstHook, effectiveTransaction, internalsOf, valuesOf } from '../sequelize-internals';
import { trailForWriting } from '../trail/registry';
import type { Change } from '../trail/trail';
import type { AuditedAttributes } from './attributes';
import type { ModelAuditOptions } from './options';
import { originalValue, originalValues } from './original-values';

interface HookOptions {
  transaction?: Transaction | null;
  fields?: string[];
  force?: boolean;
  individualHooks?: boolean;
  ignoreDuplicates?: boolean;
  updateOnDuplicate?: unknown;
}

/** Captures changes of single rows, and bulkCreate, through the model's hooks. */
export class RowHooks {
  /** What a row held before it is destroyed or restored; Sequelize forgets it underway (facts in ARCHITECTURE.md). */
  private readonly before = new WeakMap<Model, Values>();
  private warnedOfUpsert = false;

  constructor(
    private readonly model: ModelStatic<Model>,
    private readonly attributes: AuditedAttributes,
    private readonly options: ModelAuditOptions,
  ) {}

  install(): void {
    const on = (type: string, fn: (...args: never[]) => unknown): void =>
      addFirstHook(this.model, type, 'audit', fn);
    const snapshot = (instance: Model): void => void this.before.set(instance, originalValues(instance));
    on('afterCreate', (instance: Model, options: HookOptions) =>
      this.capture([instance], 'created', options),
    );
    on('afterBulkCreate', (instances: Model[], options: HookOptions) => this.bulkCreated(instances, options));
    on('afterUpdate', (instance: Model, options: HookOptions) =>
      this.capture([instance], 'updated', options),
    );
    on('beforeDestroy', snapshot);
    on('afterDestroy', (instance: Model, options: HookOptions) =>
      this.capture([instance], 'deleted', options),
    );
    on('beforeRestore', snapshot);
    on('afterRestore', (instance: Model, options: HookOptions) =>
      this.capture([instance], 'restored', options),
    );
  }

  private bulkCreated(instances: Model[], options: HookOptions): void | Promise<void> {
    // Each instance was saved by itself, and captured then.
    if (options.individualHooks) return;
    if (options.ignoreDuplicates || options.updateOnDuplicate) {
      if (!this.warnedOfUpsert) {
        const what = options.ignoreDuplicates ? 'ignoreDuplicates' : 'updateOnDuplicate';
        trailForWriting(this.sequelize)?.settings.logger.warn(
          `${this.model.name}.bulkCreate with ${what} is not captured: what it returns does not tell which rows changed.`,
        );
      }
      this.warnedOfUpsert = true;
      return;
    }
    return this.capture(instances, 'created', options);
  }

  /** Never throws, unless the driver is `sync`: there the change must not stand without its record. */
  private capture(instances: Model[], event: RowEvent, options: HookOptions): void | Promise<void> {
    if (isSuspended() || (this.options.events && !this.options.events.includes(event))) return;
    const trail = trailForWriting(this.sequelize);
    if (!trail) return;
    try {
      const changes = instances.flatMap((instance) => this.changeOf(instance, event, options) ?? []);
      if (changes.length === 0) return;
      return trail.recordAll(changes, effectiveTransaction(this.sequelize, options));
    } catch (error) {
      if (trail.settings.driver === 'sync') throw error;
      trail.settings.logger.error(
        `A change of ${this.model.name} (${event}) could not be recorded: ${messageOf(error)}.`,
      );
    }
  }

  private changeOf(instance: Model, event: RowEvent, options: HookOptions): Change | undefined {
    const values = this.valuesOf(instance, event, options);
    if (!values) return undefined;
    return {
      event,
      auditableType: this.model.name,
      auditableId: canonicalKey(
        valuesOf(instance).dataValues,
        internalsOf(this.model).primaryKeyAttributes ?? [],
      ),
      ...values,
      tags: this.options.tags,
    };
  }

  private valuesOf(
    instance: Model,
    event: RowEvent,
    options: HookOptions,
  ): Pick<Change, 'oldValues' | 'newValues'> | undefined {
    const { dataValues } = valuesOf(instance);
    if (event === 'created') return { oldValues: null, newValues: this.attributes.pick(dataValues) };
    if (event === 'updated') return this.updated(instance, options.fields ?? []);
    const before = this.before.get(instance) ?? originalValues(instance);
    this.before.delete(instance);
    const [oldValues, newValues] = this.difference(before, dataValues);
    if (event === 'restored') return { oldValues, newValues };
    // A row that is only marked as deleted has new values: the mark.
    const isMarked = internalsOf(this.model)._timestampAttributes.deletedAt !== undefined && !options.force;
    return { oldValues: this.attributes.pick(before), newValues: isMarked ? newValues : null };
  }

  private updated(
    instance: Model,
    fields: readonly string[],
  ): Pick<Change, 'oldValues' | 'newValues'> | undefined {
    const { dataValues } = valuesOf(instance);
    const automatic = this.automaticAttributes();
    const oldValues: Values = {};
    const newValues: Values = {};
    for (const { name, shown } of this.attributes.all()) {
      if (!fields.includes(name) || !(instance.changed(name as never) || automatic.has(name))) continue;
      const old = originalValue(instance, name);
      const value = dataValues[name];
      // Changed in place: what it was is not known, that it changed is.
      const inPlace = typeof value === 'object' && value !== null && value === old;
      if (!inPlace && isDeepStrictEqual(old, value)) continue;
      if (!inPlace && old !== undefined) oldValues[name] = shown(old);
      newValues[name] = shown(value);
    }
    // What Sequelize writes by itself is no change, unless the application asked for it (a touch).
    const isChange = Object.keys(newValues).some(
      (name) => !automatic.has(name) || instance.changed(name as never),
    );
    return isChange ? { oldValues, newValues } : undefined;
  }

  private difference(before: Values, after: Values): [Values, Values] {
    const oldValues: Values = {};
    const newValues: Values = {};
    for (const { name, shown } of this.attributes.all()) {
      if (isDeepStrictEqual(before[name], after[name])) continue;
      if (before[name] !== undefined) oldValues[name] = shown(before[name]);
      newValues[name] = shown(after[name]);
    }
    return [oldValues, newValues];
  }

  /** Sequelize writes these without marking them as changed. */
  private automaticAttributes(): Set<string | undefined | false> {
    const { _timestampAttributes, _versionAttribute } = internalsOf(this.model);
    return new Set([_timestampAttributes.updatedAt, _versionAttribute]);
  }

  private get sequelize(): NonNullable<ModelStatic<Model>['sequelize']> {
    return this.model.sequelize!;
  }
}
