import { useState } from 'preact/hooks';
import { Link } from 'wouter-preact';

import { idPath } from '../address/page';
import type { AuditJson } from '../api/types';
import { ChangeSummary } from '../changes/change-summary';
import { ChangeTable } from '../changes/change-table';
import { EventBadge, eventClass } from '../parts/event-badge';
import { RecordLink } from '../parts/record-link';
import { Time } from '../parts/time';
import { Who } from '../parts/who';
import { Origin } from './origin';

interface Props {
  readonly audit: AuditJson;
  /** What the page is about anyway. */
  readonly leaveOut?: 'user' | 'record' | 'together';
  readonly time?: 'short' | 'clock' | 'long';
}

/** An audit in a list: who, what, when, and the changes in short; all of them on demand. */
export function Entry({ audit, leaveOut, time = 'short' }: Props) {
  const [open, setOpen] = useState(false);
  return (
    <article class={`entry ${eventClass(audit.event)}`}>
      <header>
        <EventBadge event={audit.event} />
        {leaveOut !== 'record' && <RecordLink model={audit.auditableType} id={audit.auditableId} />}
        {leaveOut !== 'user' && (
          <span class="by">
            by <Who person={audit} />
          </span>
        )}
        <Link href={idPath('audit', audit.id)} className="when">
          <Time iso={audit.createdAt} form={time} plain />
        </Link>
      </header>
      {!open && <ChangeSummary audit={audit} />}
      <Origin audit={audit} together={leaveOut !== 'together'} />
      {audit.diff.length > 0 && (
        <details class="more" onToggle={(event) => setOpen(event.currentTarget.open)}>
          <summary>
            {open ? 'Hide' : 'All'} changes
            <span class="hidden">
              {' '}
              of {audit.auditableType} {audit.auditableId}
            </span>
          </summary>
          {open && <ChangeTable audit={audit} />}
        </details>
      )}
    </article>
  );
}
