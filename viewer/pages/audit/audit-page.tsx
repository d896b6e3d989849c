import { useState } from 'preact/hooks';

import { encoded } from '../../address/encode';
import type { AuditJson } from '../../api/types';
import { useGet } from '../../api/use-get';
import { ChangeTable } from '../../changes/change-table';
import { EventBadge } from '../../parts/event-badge';
import { Failure } from '../../parts/failure';
import { Loading } from '../../parts/loading';
import { Outcome } from '../../parts/outcome';
import { PageHead } from '../../parts/page-head';
import { Time } from '../../parts/time';
import { By } from '../../parts/who';
import { outcomeText } from '../../revert/outcome';
import { recordName } from '../../values/record-name';
import { LongText } from '../../parts/long-text';
import { AuditActions } from './audit-actions';
import { AuditFacts } from './audit-facts';

/** One audit with all that is known of it. */
export function AuditPage({ id }: { id: string }) {
  const { data: audit, error, loading, reload } = useGet<AuditJson>(`api/audits/${encoded(id)}`);
  const [outcome, setOutcome] = useState('');
  const title = audit ? titleOf(audit) : `Audit ${id}`;
  return (
    <>
      <PageHead title={title} kicker="One change">
        {audit && (
          <p>
            <EventBadge event={audit.event} /> <By person={audit} /> ·{' '}
            <Time iso={audit.createdAt} form="long" />
          </p>
        )}
      </PageHead>
      {outcome && <Outcome text={outcome} />}
      {error && <Failure error={error} retry={reload} />}
      {loading && !audit && <Loading />}
      {audit && (
        <>
          <AuditActions audit={audit} onDone={({ event }) => setOutcome(outcomeText(event))} />
          <section class="panel">
            <h2>What changed</h2>
            <ChangeTable audit={audit} open />
          </section>
          <section>
            <h2>All that is recorded</h2>
            <AuditFacts audit={audit} />
          </section>
          <details class="raw">
            <summary>As JSON</summary>
            <pre>
              <LongText value={plainJson(audit)} code />
            </pre>
          </details>
        </>
      )}
    </>
  );
}

/** The record; an event that is about none stands for itself. */
function titleOf({ event, auditableType, auditableId }: AuditJson): string {
  return auditableType === null ? event : recordName(auditableType, auditableId);
}

/** As it came, the tagged forms included. */
function plainJson(audit: AuditJson): string {
  return JSON.stringify(audit, null, 2);
}
