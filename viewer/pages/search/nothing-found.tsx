import { Link } from 'wouter-preact';

import { chipsOf } from '../../address/chips';
import { queryOf } from '../../address/filters';
import type { Filters } from '../../address/filters';
import { useMe } from '../../api/me';
import { NearestModel } from '../../parts/nearest-model';
import { Notice } from '../../parts/notice';
import { Text } from '../../parts/text';

interface Props {
  readonly filters: Filters;
  /** False if only the latest changes have been looked at. */
  readonly isEnd: boolean;
  /** What the server says of it. */
  readonly said?: string | undefined;
}

/** What to do where there are no results. */
export function NothingFound({ filters, isEnd, said }: Props) {
  const me = useMe();
  if (!isEnd) {
    return (
      <Notice icon="search" title="Nothing yet">
        <p class="muted">None of the changes looked at so far fits.</p>
      </Notice>
    );
  }
  if (chipsOf(filters).length === 0) return <EmptyTrail />;
  return (
    <Notice icon="search" title="No changes fit all filters">
      {said !== undefined && (
        <p>
          <Text value={said} />
        </p>
      )}
      <NearestModel model={filters.model} pathOf={(model) => `/?${queryOf({ ...filters, model })}`} />
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

function EmptyTrail() {
  return (
    <Notice icon="empty" title="The trail is empty">
      <p class="muted">
        Changes appear here once an audited model is written and the worker has stored it. Is a worker
        running? The page <Link href="/live">Live</Link> tells.
      </p>
    </Notice>
  );
}
