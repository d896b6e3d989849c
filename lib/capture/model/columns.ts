import type { Model, ModelStatic } from 'sequelize';

import { internalsOf } from '../../adapter/model';
import type { AttributeInternals, ModelInternals } from '../../adapter/model';
import { optionsOf } from '../../adapter/sequelize';
import { isSecretName, mask, maskWithin } from '../../record/redaction';
import type { ModelAuditOptions } from '../options';
import type { ValueType } from '../types/value-type';
import { valueTypeOf } from '../types/value-type-of';

/** A column of an audited model, and how it is recorded. */
export interface Column {
  /** The attribute's name. */
  readonly name: string;
  /** The column's name in the table. */
  readonly field: string;
  readonly type: ValueType;
  /** Sequelize's name of the type, such as `STRING`. */
  readonly typeKey: string;
  readonly attribute: AttributeInternals;
  readonly isKey: boolean;
  /** Whether its values are recorded. */
  readonly isAudited: boolean;
  /** Sequelize writes it by itself: updatedAt, the version. */
  readonly isAutomatic: boolean;
  /** An object that the application can change without assigning it, so that an instance's old value proves nothing. */
  readonly isMutable: boolean;
  /** Whether records show it masked, whatever it holds. */
  readonly isRedacted: boolean;
  /** The value as it may be recorded. */
  readonly shown: (value: unknown) => unknown;
}

/** A row, or what is known of it: values by attribute, in the form that the trail keeps. */
export type Row = Record<string, unknown>;

const MUTABLE = new Set([
  'JSON',
  'JSONB',
  'HSTORE',
  'ARRAY',
  'RANGE',
  'GEOMETRY',
  'GEOGRAPHY',
  'BLOB',
  'DATE',
]);
const NESTED = new Set(['JSON', 'JSONB', 'HSTORE']);

/** The columns of a model at one time: attributes may be added later (belongsTo adds keys). */
export class Columns {
  readonly all: readonly Column[];
  readonly keys: readonly Column[];
  /** Of objects that can be changed in place. */
  readonly mutable: readonly Column[];
  readonly byField: ReadonlyMap<string, Column>;
  readonly byName: ReadonlyMap<string, Column>;
  /** A column bears the name of another's attribute: then Sequelize itself mixes them up in instances. */
  readonly areMixedUp: boolean;
  /** Of a paranoid model: the mark of deletion. */
  readonly deletedAt: Column | undefined;
  /** Whether there is what records must not show, so that SQL, which may speak of it, cannot be shown either. */
  readonly haveSecrets: boolean;

  constructor(model: ModelStatic<Model>, options: ModelAuditOptions) {
    const internals = internalsOf(model);
    this.all = Object.entries(internals.tableAttributes).map(([name, attribute]) =>
      columnOf(internals, name, attribute, options),
    );
    this.keys = this.all.filter(({ isKey }) => isKey);
    this.mutable = this.all.filter(({ isMutable }) => isMutable);
    this.byField = new Map(this.all.map((column) => [column.field, column]));
    this.byName = new Map(this.all.map((column) => [column.name, column]));
    this.areMixedUp = this.all.some(({ name, field }) => name !== field && this.byName.has(field));
    this.haveSecrets = this.all.some(({ isAudited, isRedacted }) => !isAudited || isRedacted);
    this.deletedAt = this.byName.get(internals._timestampAttributes.deletedAt ?? '');
  }
}

function columnOf(
  model: ModelInternals,
  name: string,
  attribute: AttributeInternals,
  options: ModelAuditOptions,
): Column {
  const typeKey = (attribute.type as { key?: string } | null)?.key ?? '';
  const { _timestampAttributes, _versionAttribute } = model;
  const { redact } = options;
  const isKey = model.primaryKeyAttributes?.includes(name) ?? false;
  const isRedacted = redact !== false && (redact?.includes(name) || isSecretName(name)) === true;
  return {
    name,
    field: attribute.field ?? name,
    type: valueTypeOf(
      attribute.type,
      dialectOf(model),
      optionsOf(model.sequelize!).timezone,
      model.sequelize!.constructor,
    ),
    typeKey,
    attribute,
    isKey,
    isAudited: (options.include?.includes(name) ?? true) && !options.exclude?.includes(name),
    isAutomatic: name === _timestampAttributes.updatedAt || name === _versionAttribute,
    // Nobody changes a key or Sequelize's own timestamps in place.
    isMutable: MUTABLE.has(typeKey) && !isKey && !Object.values(_timestampAttributes).includes(name),
    isRedacted,
    shown: isRedacted ? mask : NESTED.has(typeKey) && redact !== false ? maskWithin : (value) => value,
  };
}

function dialectOf(model: ModelInternals): 'postgres' | 'mysql' | 'sqlite' {
  const name = model.sequelize!.getDialect();
  return name === 'postgres' || name === 'sqlite' ? name : 'mysql';
}
