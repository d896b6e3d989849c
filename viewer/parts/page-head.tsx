import type { ComponentChildren } from 'preact';
import { useLayoutEffect } from 'preact/hooks';

import { allSeen } from '../values/unseen';
import { Text } from './text';

interface Props {
  /** What the page is about; it is the document's title as well. */
  readonly title: string;
  /** What kind of thing that is. */
  readonly kicker?: string;
  /** A line below the title. */
  readonly children?: ComponentChildren;
}

/** The head of a page. The heading takes the focus when one has come here (see `app.tsx`). */
export function PageHead({ title, kicker, children }: Props) {
  useLayoutEffect(() => {
    document.title = `${allSeen(title)} · Audit trail`;
  }, [title]);
  return (
    <header class="page-head">
      {kicker && <p class="kicker">{kicker}</p>}
      <h1 tabIndex={-1}>
        <Text value={title} />
      </h1>
      {children && <div class="page-lead">{children}</div>}
    </header>
  );
}
