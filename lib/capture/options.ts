import { assertKnownKeys } from '../config';
import { AuditError } from '../errors';
import { ROW_EVENTS } from '../record/record';
import type { RowEvent } from '../record/record';

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
}

const NAMES = ['include', 'exclude', 'redact', 'events', 'tags'];

/** Throws AUDIT_OPTION for an unknown option or event, or a value that is no list of names. */
export function assertModelOptions(options: ModelAuditOptions): void {
  if (typeof options !== 'object' || options === null) {
    throw new AuditError(
      'AUDIT_OPTION',
      'The options of withAudit must be an object, such as { exclude: ["token"] }.',
    );
  }
  assertKnownKeys(options, NAMES, 'option of withAudit');
  for (const [name, value] of Object.entries(options)) {
    const isList = Array.isArray(value) && value.every((item) => typeof item === 'string');
    if (value !== undefined && !isList && !(name === 'redact' && value === false)) {
      throw new AuditError('AUDIT_OPTION', `Option "${name}" of withAudit must be a list of names.`);
    }
  }
  for (const event of options.events ?? []) {
    assertKnownKeys({ [event]: true }, ROW_EVENTS, 'event');
  }
}
