import type { Model, ModelStatic } from 'sequelize';

import { internalsOf, notDeletedValue, valuesOf } from '../../adapter/model';
import type { ModelInternals } from '../../adapter/model';
import { suggestion } from '../../known-names';
import { AuditError } from '../../errors';
import { canonicalKey, partsOf } from '../../record/key';
import type { Values } from '../../record/values';
import { Columns } from './columns';
import type { Row } from './columns';
import type { ModelAuditOptions } from '../options';
import { parentOf } from './parent';
import type { Parent } from './parent';
import { UNKNOWN } from '../types/value-type';

/** On the class and inherited by what `scope()` and `schema()` derive from it (a map by class would keep them all, #13194). */
const AUDITED = Symbol.for('sequelize-async-audit.audited-model');

interface Marked {
  [AUDITED]?: unknown;
}

/** A model and how it is audited. */
export class AuditedModel {
  private current: Columns | undefined;
  private madeFor: ModelInternals['tableAttributes'] | undefined;

  constructor(
    readonly model: ModelStatic<Model>,
    readonly options: ModelAuditOptions,
  ) {}

  /**
   * What is told of a model class, its own or inherited; undefined if it is not audited. Another copy of this package in
   * the same process, which watches the same writes, captures what it has marked by itself.
   */
  static of(model: ModelStatic<Model> | undefined): AuditedModel | undefined {
    const mark = (model as Marked | undefined)?.[AUDITED];
    return mark instanceof AuditedModel ? mark : undefined;
  }

  /** Whether the class itself is audited, not only one that it extends. */
  static isOn(model: ModelStatic<Model>): boolean {
    return Object.hasOwn(model, AUDITED);
  }

  mark(): void {
    Object.defineProperty(this.model, AUDITED, { value: this, configurable: true });
  }

  get name(): string {
    return this.model.name;
  }

  get columns(): Columns {
    const { tableAttributes } = internalsOf(this.model);
    if (!this.current || this.madeFor !== tableAttributes) {
      this.madeFor = tableAttributes;
      this.current = new Columns(this.model, this.options);
    }
    return this.current;
  }

  /** The record that the model's records belong to; undefined unless the option `parent` names an association. */
  get parent(): Parent | undefined {
    return this.options.parent === undefined ? undefined : parentOf(this.model, this.options.parent);
  }

  /** The key of a row as the trail has it; null where part of it is missing. */
  keyOf(row: Row): string | null {
    return canonicalKey(row, internalsOf(this.model).primaryKeyAttributes ?? []);
  }

  /** The key of an instance, as the trail has it: by its attributes' types, as that of a row that was read. */
  keyOfInstance(instance: Model): string | null {
    const values = valuesOf(instance).dataValues;
    const row: Row = {};
    for (const { name, type } of this.columns.keys) {
      const value = type.fromInstance(values[name]);
      row[name] = value === UNKNOWN ? values[name] : value;
    }
    return this.keyOf(row);
  }

  /** The key that a row had before an update changed it, by the record's key and old values; undefined if it changed none. */
  formerKey(key: string, oldValues: Values | null): string | undefined {
    const names = this.columns.keys.map(({ name }) => name);
    if (!oldValues || !names.some((name) => Object.hasOwn(oldValues, name))) return undefined;
    const former = canonicalKey({ ...(names.length > 1 ? partsOf(key) : {}), ...oldValues }, names);
    return former === null || former === key ? undefined : former;
  }

  /** Whether a row with these values is marked as deleted. */
  isMarked(row: Row): boolean {
    const { deletedAt } = this.columns;
    if (!deletedAt) return false;
    const unmarked = deletedAt.type.fromInstance(notDeletedValue(this.model, deletedAt.name));
    return !deletedAt.type.equal(row[deletedAt.name] ?? null, unmarked ?? null);
  }

  /** Throws AUDIT_NO_PRIMARY_KEY; also asked before each write, because attributes can be removed later. */
  assertKeyed(): void {
    if (internalsOf(this.model).primaryKeyAttributes?.length) return;
    throw new AuditError(
      'AUDIT_NO_PRIMARY_KEY',
      `${this.name} has no primary key, so that a record could not say which row it is about. Give it one, or do not audit it.`,
    );
  }

  /** Throws AUDIT_OPTION if include, exclude or redact name what is no attribute, or `parent` what is no association. */
  assertNames(): void {
    const known = Object.keys(internalsOf(this.model).rawAttributes ?? {});
    for (const option of ['include', 'exclude', 'redact'] as const) {
      const names = this.options[option];
      if (!names) continue;
      const unknown = names.find((name) => !known.includes(name));
      if (unknown !== undefined) {
        throw new AuditError(
          'AUDIT_OPTION',
          `Option "${option}" of withAudit(${this.name}) names the attribute "${unknown}".${suggestion(unknown, known)}`,
        );
      }
    }
  }
}
