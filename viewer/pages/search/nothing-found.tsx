import { Link } from 'wouter-preact';

import { chipsOf } from '../../address/chips';
import type { Filters } from '../../address/filters';
import { useMe } from '../../api/me';
import { Notice } from '../../parts/notice';
import { Text } from '../../parts/text';
import { nearest } from '../../values/nearest';

/** What to do where there are no results; `isEnd` is false if only the latest have been looked at. */
export function NothingFound({ filters, isEnd }: { filters: Filters; isEnd: boolean }) {
  const me = useMe();
  if (!isEnd)
    return (
      <Notice icon="search" title="Nothing yet">
        <p class="muted">None of the changes looked at so far fits.</p>
      </Notice>
    );
  if (chipsOf(filters).length === 0) {
    return (
      <Notice icon="empty" title="The trail is empty">
        <p class="muted">
          Changes appear here once an audited model is written and the worker has stored it. Is a worker
          running? The page <Link href="/live">Live</Link> tells.
        </p>
      </Notice>
    );
  }
  const isKnown = filters.model === '' || me === null || me.models.includes(filters.model);
  const close = isKnown ? undefined : nearest(filters.model, me?.models ?? []);
  return (
    <Notice icon="search" title="No changes fit all filters">
      {!isKnown && (
        <p>
          The trail knows no model <Text value={filters.model} />.
          {close !== undefined && (
            <>
              {' '}
              Did you mean{' '}
              <Link href={`/?model=${encodeURIComponent(close)}`}>
                <Text value={close} />
              </Link>
              ?
            </>
          )}
        </p>
      )}
      <p class="muted">
        Take a filter away, or look further back.
        {me !== null && me.retentionDays > 0 && ` What is older than ${me.retentionDays} days is not kept.`}
      </p>
      <p>
        <Link href="/">Show all changes</Link>
      </p>
    </Notice>
  );
}
