import { changesOf } from './diff';
import type { Difference } from './diff';
import { encodedForm, isTagged, storedAt } from './stored-form';
import { decodeValues } from './values';
import type { Values } from './values';

/** What of a record says what was done, values in their stored form. */
interface StoredRecord {
  readonly event: string;
  readonly oldValues: unknown;
  readonly newValues: unknown;
}

/** What a record says was done, as `audit.diff()` tells it; values in their stored form, each of them whole. */
export function storedDifferences({ event, oldValues, newValues }: StoredRecord): Difference[] {
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
