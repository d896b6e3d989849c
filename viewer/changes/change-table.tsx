import { useState } from 'preact/hooks';

import type { AuditJson } from '../api/types';
import { changesOf } from '../diff/changes';
import type { Change } from '../diff/changes';
import { isWorthDiff } from '../diff/layout';
import { Text } from '../parts/text';
import { Value } from '../parts/value';
import { count } from '../values/numbers';
import { ComparedValues } from './compared-values';

interface Props {
  readonly audit: AuditJson;
  /** Whether what is compared side by side is open from the beginning. */
  readonly open?: boolean;
  /** How many attributes are shown before one asks for all. */
  readonly atMost?: number;
}

/** The attributes of an audit with what they were and what they became. */
export function ChangeTable({ audit, open = false, atMost = 100 }: Props) {
  const [shown, setShown] = useState(atMost);
  const changes = changesOf(audit);
  if (changes.length === 0) return <p class="none">No attributes were recorded.</p>;
  const sides = { before: audit.oldValues !== null, after: audit.newValues !== null };
  // One more costs no more room than the button.
  const rest = changes.length - shown > 1 ? changes.length - shown : 0;
  return (
    <>
      <table class="changes">
        <caption class="hidden">Attributes of what was {audit.event}</caption>
        <thead>
          <tr>
            <th scope="col">Attribute</th>
            {sides.before && <th scope="col">{sides.after ? 'Before' : 'Was'}</th>}
            {sides.after && <th scope="col">{sides.before ? 'After' : 'Value'}</th>}
          </tr>
        </thead>
        <tbody>
          {changes.slice(0, rest > 0 ? shown : undefined).map((change) => (
            <tr key={change.attribute}>
              <th scope="row">
                <Text value={change.attribute} />
              </th>
              <Cells audit={audit} change={change} sides={sides} open={open} />
            </tr>
          ))}
        </tbody>
      </table>
      {rest > 0 && (
        <button type="button" class="link-button small" onClick={() => setShown(Number.POSITIVE_INFINITY)}>
          Show all {count(changes.length)} attributes
        </button>
      )}
    </>
  );
}

interface CellsProps {
  readonly audit: AuditJson;
  readonly change: Change;
  readonly sides: { readonly before: boolean; readonly after: boolean };
  readonly open: boolean;
}

function Cells({ audit, change, sides, open }: CellsProps) {
  const isUpdate = sides.before && sides.after;
  if (isUpdate && isWorthDiff(change)) {
    const places = audit.diff.filter(({ path }) => path[0] === change.attribute);
    return (
      <td colSpan={2}>
        <ComparedValues change={change} places={places} open={open} />
      </td>
    );
  }
  const isUnmarked = audit.event === 'deleted' && sides.after && change.after === undefined;
  if (isUnmarked) {
    return (
      <td colSpan={2} data-label="Was">
        <Value value={change.before} />
      </td>
    );
  }
  return (
    <>
      {sides.before && (
        <td class={isUpdate ? 'was' : ''} {...(isUpdate ? { 'data-label': 'Before' } : {})}>
          <Value value={change.before} />
        </td>
      )}
      {sides.after && (
        <td class={isUpdate ? 'became' : ''} {...(isUpdate ? { 'data-label': 'After' } : {})}>
          <Value value={change.after} />
        </td>
      )}
    </>
  );
}
