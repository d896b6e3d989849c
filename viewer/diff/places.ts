import diff from 'microdiff';

import type { Difference } from '../api/types';

const KINDS = { CREATE: 'added', REMOVE: 'removed', CHANGE: 'changed' } as const;

/** Where two values differ inside, with paths below `attribute`; what the server says of an audit, for two states. */
export function placesIn(attribute: string, before: unknown, after: unknown): Difference[] {
  return diff({ value: before }, { value: after }).map((found) => ({
    path: [attribute, ...found.path.slice(1)],
    kind: KINDS[found.type],
    ...('oldValue' in found ? { before: found.oldValue as unknown } : {}),
    ...('value' in found ? { after: found.value as unknown } : {}),
  }));
}
