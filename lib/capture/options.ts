import { assertKnownKeys } from '../known-names';
import type { CallContext } from '../context/audit-context';
import { AuditError } from '../errors';
import { ROW_EVENTS } from '../record/record';
import type { RowEvent } from '../record/record';

/** What a statement that changes many rows leaves: a record a row, one record for all of them, or none. */
export type BulkPolicy = (typeof BULK_POLICIES)[number];
export const BULK_POLICIES = ['rows', 'summary', 'off'] as const;

/** How a model is audited. */
export interface ModelAuditOptions {
  /** Only these attributes. Default all that are columns. */
  include?: readonly string[];
  /** Not these attributes. A change of nothing else makes no record. */
  exclude?: readonly string[];
  /**
   * Further attributes whose values are masked: the record says that they changed, not to what.
   * Names that look like secrets (password, token, secret …) always are, unless `redact` is `false`.
   */
  redact?: readonly string[] | false;
  /** Only these events. Default all: created, updated, deleted, restored. */
  events?: readonly RowEvent[];
  /** Put on every record of the model, together with those of the context. */
  tags?: readonly string[];
  /**
   * `Model.update`, `Model.destroy`, `Model.restore`, `bulkCreate`, `truncate` and `Model.increment`: `rows` (default)
   * makes a record for each row with its old and new values, `summary` one for the statement with its condition,
   * set values and count, `off` none. `options.audit.bulk` decides for one call.
   */
  bulk?: BulkPolicy;
  /** Also records the rows of other audited models that the database deletes or nulls by foreign keys when a row is deleted. Default false. */
  cascade?: boolean;
  /**
   * Where the old values of `instance.save()`, `update()` and `destroy()` come from. `instance` (default): what the
   * instance was loaded with, read from the database where it does not know (attributes not selected, JSON).
   * `database`: read by the writing statement itself, so that an instance that is out of date cannot lie.
   */
  oldValues?: 'instance' | 'database';
  /**
   * What a kill of the application between COMMIT and its answer may cost. `journal` (default): the records of the
   * one transaction that was in that window. `strict`: none; a write of the model then has a transaction, and its
   * records are on disk before COMMIT, for one short statement and one append more. Without effect with driver `sync`.
   */
  durability?: 'journal' | 'strict';
  /** The `belongsTo` association whose target the records belong to: `order.getAudits({ withChildren: true })` finds them. */
  parent?: string;
}

/** What one call says of its audit: `product.update({ … }, { audit: { user, reason } })`; `false` records nothing. */
export interface AuditCallOptions extends CallContext {
  /** Overrides the model's `bulk`. */
  bulk?: BulkPolicy;
}

declare module 'sequelize/types/model' {
  // Every option of a write that Sequelize declares extends this one.
  interface Transactionable {
    /** Who makes this change and why, for this call alone; `false` records nothing (sequelize-async-audit). */
    audit?: AuditCallOptions | false;
  }
}

const LISTS = ['include', 'exclude', 'redact', 'events', 'tags'];
const CHOICES: Readonly<Record<string, readonly unknown[]>> = {
  bulk: BULK_POLICIES,
  cascade: [true, false],
  oldValues: ['instance', 'database'],
  durability: ['journal', 'strict'],
};
const NAMES = [...LISTS, ...Object.keys(CHOICES), 'parent'];

/** Throws AUDIT_OPTION for an unknown option or event, or a value that an option cannot have. */
export function assertModelOptions(options: ModelAuditOptions): void {
  if (typeof options !== 'object' || options === null) {
    throw new AuditError(
      'AUDIT_OPTION',
      'The options of withAudit must be an object, such as { exclude: ["token"] }.',
    );
  }
  assertKnownKeys(options, NAMES, 'option of withAudit');
  for (const [name, value] of Object.entries(options) as [string, unknown][]) {
    if (value !== undefined) assertValue(name, value);
  }
  for (const event of options.events ?? []) {
    assertKnownKeys({ [event]: true }, ROW_EVENTS, 'event');
  }
}

function assertValue(name: string, value: unknown): void {
  const choices = CHOICES[name];
  if (choices) {
    if (choices.includes(value)) return;
    const known = choices.map((choice) => JSON.stringify(choice)).join(', ');
    throw new AuditError('AUDIT_OPTION', `Option "${name}" of withAudit must be one of ${known}.`);
  }
  if (name === 'parent') {
    if (typeof value === 'string' && value !== '') return;
    throw new AuditError('AUDIT_OPTION', 'Option "parent" of withAudit must be the name of an association.');
  }
  const isList = Array.isArray(value) && value.every((item) => typeof item === 'string');
  if (isList || (name === 'redact' && value === false)) return;
  throw new AuditError('AUDIT_OPTION', `Option "${name}" of withAudit must be a list of names.`);
}
