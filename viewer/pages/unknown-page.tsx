import { Link } from 'wouter-preact';

import { Notice } from '../parts/notice';
import { PageHead } from '../parts/page-head';

/** An address that leads to none of the pages. */
export function UnknownPage() {
  return (
    <>
      <PageHead title="No such page" />
      <Notice icon="empty" title="There is nothing at this address">
        <p class="muted">The link may have been cut off.</p>
        <p>
          <Link href="/">Go to all changes</Link>
        </p>
      </Notice>
    </>
  );
}
