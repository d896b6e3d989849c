import type { AuditJson, Difference } from '../api/types';
import { pathText } from '../diff/path';
import { Text } from '../parts/text';
import { brief } from '../values/brief';

interface Props {
  readonly audit: AuditJson;
  /** How many places are shown at most. */
  readonly atMost: number;
}

/** What has changed, in a line or two. */
export function ChangeSummary({ audit, atMost }: Props) {
  const { diff } = audit;
  if (diff.length === 0) return null;
  // One more costs no more room than saying that there is one more.
  const shown = diff.slice(0, diff.length === atMost + 1 ? diff.length : atMost);
  return (
    <ul class="summary">
      {shown.map((difference, index) => (
        <li key={index}>
          <Place difference={difference} />
        </li>
      ))}
      {diff.length > shown.length && <li class="muted">and {diff.length - shown.length} more</li>}
    </ul>
  );
}

/** One place with what was there and what is there now. */
export function Place({ difference }: { difference: Difference }) {
  const { path, kind, before, after } = difference;
  return (
    <>
      <span class="place">
        <Text value={pathText(path)} />
      </span>{' '}
      {kind !== 'added' && (
        <del>
          <Text value={brief(before)} />
        </del>
      )}
      {kind === 'changed' && (
        <>
          <span class="arrow" aria-hidden="true">
            {' → '}
          </span>
          <span class="hidden"> became </span>
        </>
      )}
      {kind !== 'removed' && (
        <ins>
          <Text value={brief(after)} />
        </ins>
      )}
    </>
  );
}
