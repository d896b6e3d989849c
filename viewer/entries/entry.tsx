import { useState } from 'preact/hooks';
import { Link } from 'wouter-preact';

import { idPath } from '../address/page';
import type { AuditJson } from '../api/types';
import { ChangeSummary } from '../changes/change-summary';
import { ChangeTable } from '../changes/change-table';
import { EventBadge, eventClass } from '../parts/event-badge';
import { RecordLink } from '../parts/record-link';
import { Time } from '../parts/time';
import { By } from '../parts/who';
import { isWholeIn } from '../values/brief';
import { recordName } from '../values/record-name';
import { Origin } from './origin';

/** What a page says already, so that its entries need not. */
export type LeftOut = 'user' | 'record' | 'together';

/** How the entries of a list are shown. */
export interface EntryStyle {
  readonly leaveOut?: readonly LeftOut[];
  readonly time?: 'short' | 'clock' | 'seconds';
}

const PLACES_SHOWN = 4;

/** An audit in a list: who, what, when, and the changes in short; all of them on demand. */
export function Entry({ audit, leaveOut = [], time = 'short' }: EntryStyle & { audit: AuditJson }) {
  const [open, setOpen] = useState(false);
  return (
    <article tabIndex={-1} class={`entry ${eventClass(audit.event)}`}>
      <header>
        <EventBadge event={audit.event} />
        {!leaveOut.includes('record') && <RecordLink model={audit.auditableType} id={audit.auditableId} />}
        {!leaveOut.includes('user') && <By person={audit} />}
        <Link href={idPath('audit', audit.id)} className="when">
          <Time iso={audit.createdAt} form={time} plain />
        </Link>
      </header>
      {!open && <ChangeSummary audit={audit} atMost={PLACES_SHOWN} />}
      <div class="entry-foot">
        <Origin audit={audit} together={!leaveOut.includes('together')} />
        {!isWholeIn(audit.diff, PLACES_SHOWN) && (
          <details class="more" onToggle={(event) => setOpen(event.currentTarget.open)}>
            <summary>
              {open ? 'Hide' : 'All'} changes
              <span class="hidden"> of {recordName(audit.auditableType, audit.auditableId)}</span>
            </summary>
            {open && <ChangeTable audit={audit} />}
          </details>
        )}
      </div>
    </article>
  );
}
