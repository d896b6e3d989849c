import type { AuditJson, Difference } from '../api/types';
import { changesOf } from '../diff/changes';
import type { Change } from '../diff/changes';
import { isWorthDiff } from '../diff/layout';
import { Text } from '../parts/text';
import { Value } from '../parts/value';
import { ComparedValues } from './compared-values';

interface Props {
  readonly audit: AuditJson;
  /** Whether what is compared side by side is open from the beginning. */
  readonly open?: boolean;
}

/** The attributes of an audit with what they were and what they became. */
export function ChangeTable({ audit, open = false }: Props) {
  const changes = changesOf(audit);
  if (changes.length === 0) return <p class="none">No attributes were recorded.</p>;
  const [hasBefore, hasAfter] = [audit.oldValues !== null, audit.newValues !== null];
  return (
    <table class="changes">
      <caption class="hidden">Attributes of {audit.event}</caption>
      <thead>
        <tr>
          <th scope="col">Attribute</th>
          {hasBefore && <th scope="col">{hasAfter ? 'Before' : 'Was'}</th>}
          {hasAfter && <th scope="col">{hasBefore ? 'After' : 'Value'}</th>}
        </tr>
      </thead>
      <tbody>
        {changes.map((change) => (
          <tr key={change.attribute}>
            <th scope="row">
              <Text value={change.attribute} />
            </th>
            {hasBefore && hasAfter && isWorthDiff(change) ? (
              <td colSpan={2}>
                <ComparedValues change={change} places={placesOf(audit, change)} open={open} />
              </td>
            ) : (
              <>
                {hasBefore && (
                  <td class={hasAfter ? 'was' : ''} data-label="Before">
                    <Value value={change.before} />
                  </td>
                )}
                {hasAfter && (
                  <td class={hasBefore ? 'became' : ''} data-label="After">
                    <Value value={change.after} />
                  </td>
                )}
              </>
            )}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function placesOf({ diff }: AuditJson, { attribute }: Change): Difference[] {
  return diff.filter(({ path }) => path[0] === attribute);
}
