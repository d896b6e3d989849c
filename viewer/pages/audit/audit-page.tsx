import { useState } from 'preact/hooks';
import { Link } from 'wouter-preact';

import { recordPath } from '../../address/page';
import type { AuditJson } from '../../api/types';
import { useGet } from '../../api/use-get';
import { ChangeTable } from '../../changes/change-table';
import { Announcer } from '../../parts/announcer';
import { EventBadge } from '../../parts/event-badge';
import { Failure } from '../../parts/failure';
import { Loading } from '../../parts/loading';
import { PageHead } from '../../parts/page-head';
import { Time } from '../../parts/time';
import { By } from '../../parts/who';
import { outcomeText } from '../../revert/outcome';
import { RevertButton } from '../../revert/revert-button';
import { keyWords } from '../../values/key-words';
import { LongText } from '../../parts/long-text';
import { AuditFacts } from './audit-facts';

/** One audit with all that is known of it. */
export function AuditPage({ id }: { id: string }) {
  const { data: audit, error, loading, reload } = useGet<AuditJson>(`api/audits/${encodeURIComponent(id)}`);
  const [outcome, setOutcome] = useState('');
  const title = audit ? `${audit.auditableType} ${keyWords(audit.auditableId)}` : `Audit ${id}`;
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
      <Announcer>{outcome}</Announcer>
      {outcome && <p class="outcome">{outcome}</p>}
      {error && <Failure error={error} retry={reload} />}
      {loading && !audit && <Loading />}
      {audit && (
        <>
          <p class="actions">
            <Link href={recordPath(audit.auditableType, audit.auditableId)} className="button-link">
              Timeline of the record
            </Link>
            <Link
              href={`${recordPath(audit.auditableType, audit.auditableId)}?audit=${encodeURIComponent(audit.id)}`}
              className="button-link"
            >
              State after this
            </Link>
            <RevertButton audit={audit} onDone={({ event }) => setOutcome(outcomeText(event))} />
          </p>
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

/** As it came, the tagged forms included. */
function plainJson(audit: AuditJson): string {
  return JSON.stringify(audit, null, 2);
}
