import type { Difference } from '../record/diff';
import { encodedValues, isObject, isTagged } from '../record/stored-form';
import { decodeValues } from '../record/values';
import type { RecordFields } from '../storage/reading/record-fields';
import type { Access } from './access';

/** A record as the pages get it. */
export interface AuditJson extends RecordFields {
  readonly userName: string | null;
  readonly diff: readonly Difference[];
  readonly canRevert: boolean;
}

/** What of a record somebody may see; null for nothing. */
export function shownRecord(fields: RecordFields, access: Access): RecordFields | null {
  const { auditableType: model } = fields;
  if (!access.mayReadModel(model)) return null;
  return withShownParent(access.isNarrowed(model) ? withShownAttributes(fields, access) : fields, access);
}

/** A record of which nothing may be seen but that there was an update is not shown: something hidden has changed. */
function withShownAttributes(fields: RecordFields, access: Access): RecordFields | null {
  const isShown = (attribute: string): boolean => access.mayReadAttribute(fields.auditableType, attribute);
  const oldValues = withoutHidden(fields.oldValues, isShown);
  const newValues = withoutHidden(fields.newValues, isShown);
  const isEmptied =
    [oldValues, newValues].every(isEmpty) && ![fields.oldValues, fields.newValues].every(isEmpty);
  if (fields.event === 'updated' && isEmptied) return null;
  return { ...fields, oldValues, newValues, context: withoutCondition(fields.context) };
}

/** The condition of a statement names attributes and values; how many rows it changed does not. */
function withoutCondition(context: unknown): unknown {
  if (isTagged(context)) return null;
  const { statement } = (context ?? {}) as { statement?: unknown };
  if (typeof statement !== 'object' || statement === null) return context;
  const { operation, count } = statement as { operation?: unknown; count?: unknown };
  return { ...(context as object), statement: { operation, count } };
}

function withShownParent(fields: RecordFields | null, access: Access): RecordFields | null {
  if (!fields || fields.parentType === null || access.mayReadModel(fields.parentType)) return fields;
  return { ...fields, parentType: null, parentId: null };
}

/** The attributes of stored values that may be shown. Of values that were cut as a whole nobody knows which they hold. */
function withoutHidden(stored: unknown, isShown: (attribute: string) => boolean): unknown {
  if (stored === null) return null;
  const values = isTagged(stored) ? decodeValues(stored) : stored;
  if (!isObject(values) || isTagged(values)) return { $audit: 'cut' };
  const shown = Object.fromEntries(Object.entries(values).filter(([name]) => isShown(name)));
  return values === stored ? shown : encodedValues(shown);
}

function isEmpty(values: unknown): boolean {
  return values === null || (typeof values === 'object' && Object.keys(values).length === 0);
}
