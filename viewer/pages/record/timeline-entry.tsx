import { Link } from 'wouter-preact';

import { idPath } from '../../address/page';
import type { RecordView } from '../../address/record-view';
import { useCanRevert } from '../../api/me';
import type { AuditJson, Reverted } from '../../api/types';
import { ChangeTable } from '../../changes/change-table';
import { Origin } from '../../entries/origin';
import { EventBadge, eventClass } from '../../parts/event-badge';
import { RecordLink } from '../../parts/record-link';
import { Time } from '../../parts/time';
import { By } from '../../parts/who';
import { PutBackButton } from '../../revert/put-back-button';
import { RevertButton } from '../../revert/revert-button';

interface Props {
  /** The record whose timeline it is. */
  readonly model: string;
  readonly id: string;
  readonly audit: AuditJson;
  readonly isLatest: boolean;
  readonly view: RecordView;
  readonly show: (change: Partial<RecordView>) => void;
  readonly onDone: (done: Reverted) => void;
}

const ATTRIBUTES_SHOWN = 6;

/** One change of a record, with what can be asked and done from there. */
export function TimelineEntry({ model, id, audit, isLatest, view, show, onDone }: Props) {
  const isChild = audit.auditableType !== model || audit.auditableId !== id;
  // The application's own events change nothing.
  const isChange = eventClass(audit.event) !== 'event-own';
  const canPutBack = useCanRevert(model) && isChange && !isChild && !isLatest;
  const isShown = view.moment?.kind === 'audit' && view.moment.id === audit.id;
  return (
    <li class={`timeline-entry ${eventClass(audit.event)} ${isShown ? 'shown' : ''}`}>
      <article tabIndex={-1}>
        <header>
          <EventBadge event={audit.event} />
          {isChild && <RecordLink model={audit.auditableType} id={audit.auditableId} />}
          <By person={audit} />
          <Link href={idPath('audit', audit.id)} className="when">
            <Time iso={audit.createdAt} plain />
          </Link>
        </header>
        <Origin audit={audit} />
        <ChangeTable audit={audit} atMost={ATTRIBUTES_SHOWN} />
        {!isChild && (
          <p class="actions">
            <button
              type="button"
              class="small quiet"
              aria-pressed={isShown}
              onClick={() => show({ moment: { kind: 'audit', id: audit.id }, compare: null })}
            >
              State after this
            </button>
            {!isLatest && (
              <button
                type="button"
                class="small quiet"
                onClick={() =>
                  show({
                    compare: { from: { kind: 'audit', id: audit.id }, to: { kind: 'now' } },
                    moment: null,
                  })
                }
              >
                Compare with now
              </button>
            )}
            <RevertButton audit={audit} onDone={onDone} />
            {canPutBack && (
              <PutBackButton model={model} id={id} audit={audit.id} at={audit.createdAt} onDone={onDone} />
            )}
          </p>
        )}
      </article>
    </li>
  );
}
