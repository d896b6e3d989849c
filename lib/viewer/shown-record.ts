import { changesOf } from '../record/diff';
import type { Difference } from '../record/diff';
import { decodeValues } from '../record/values';
import type { Values } from '../record/values';
import type { Access } from './access';
import type { RecordFields } from './record-fields';
import { encodedForm, isTagged, storedAt, withoutHidden } from './stored-form';

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

/** What a record, as it is shown, says was done; values in their stored form. */
export function shownDifferences({ event, oldValues, newValues }: RecordFields): Difference[] {
  const [before, after] = [decodeValues(oldValues), decodeValues(newValues)];
  // What was too large to be kept cannot be compared.
  if (isTagged(before) || isTagged(after)) return [];
  return changesOf(event, before as Values | null, after as Values | null).map((difference) => ({
    path: difference.path,
    kind: difference.kind,
    ...('before' in difference ? { before: formAt(oldValues, difference.path, difference.before) } : {}),
    ...('after' in difference ? { after: formAt(newValues, difference.path, difference.after) } : {}),
  }));
}

function formAt(stored: unknown, path: Difference['path'], value: unknown): unknown {
  const found = storedAt(stored, path);
  return found === undefined ? encodedForm(value) : found;
}

function isEmpty(values: unknown): boolean {
  return values === null || (typeof values === 'object' && Object.keys(values).length === 0);
}
