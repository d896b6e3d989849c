import { Link, useSearch } from 'wouter-preact';

import { NO_FILTERS, queryOf } from '../../address/filters';
import { timesAround } from '../../address/page';
import type { AuditJson, AuditsJson } from '../../api/types';
import { usePaged } from '../../api/use-paged';
import { byRecord } from '../../entries/by-record';
import { EntryList } from '../../entries/entry-list';
import type { LeftOut } from '../../entries/entry';
import { More } from '../../entries/more';
import { Announcer } from '../../parts/announcer';
import { Failure } from '../../parts/failure';
import { Loading } from '../../parts/loading';
import { Notice } from '../../parts/notice';
import { PageHead } from '../../parts/page-head';
import { RecordLink } from '../../parts/record-link';
import { counted } from '../../values/numbers';
import { recordName } from '../../values/record-name';
import { Circumstances } from './circumstances';

interface Props {
  readonly kind: 'request' | 'transaction';
  readonly id: string;
}

/** What one request or transaction changed, record by record, in the order in which it did. */
export function TogetherPage({ kind, id }: Props) {
  const times = timesAround(useSearch());
  const filters = { ...NO_FILTERS, ...times, [kind]: id, order: 'oldest' as const };
  const paged = usePaged<AuditsJson>(`api/audits?${queryOf(filters)}&limit=200`);
  const audits = paged.pages.flatMap((page) => page.audits);
  const records = byRecord(audits);
  const isEmpty = audits.length === 0 && !paged.loading && !paged.error && !paged.hasMore;
  const leaveOut: LeftOut[] = isByOne(audits) ? ['together', 'record', 'user'] : ['together', 'record'];
  const total = `${counted(audits.length, 'change')} of ${counted(records.length, 'record')}`;
  return (
    <>
      <PageHead title={id} kicker={kind === 'request' ? 'Changes of a request' : 'Changes of a transaction'}>
        {audits.length > 0 && <p>{paged.hasMore ? `The first ${total}` : total}</p>}
      </PageHead>
      <Announcer>{paged.loading ? 'Loading changes' : `${total} shown`}</Announcer>
      {paged.error && audits.length === 0 && <Failure error={paged.error} retry={paged.reload} />}
      {paged.loading && audits.length === 0 && <Loading />}
      {isEmpty && (
        <Notice icon="empty" title={`Nothing of this ${kind}`}>
          <p class="muted">
            It changed no audited record, or what it changed is not stored yet.{' '}
            <Link href="/">See all changes</Link>.
          </p>
        </Notice>
      )}
      {audits[0] && <Circumstances audits={audits} kind={kind} />}
      {records.map(({ model, id: key, audits: changes }) => (
        <section key={JSON.stringify([model, key])} class="group record-group">
          <h2>
            <RecordLink model={model} id={key} />
          </h2>
          <EntryList
            audits={changes}
            label={`Changes of ${recordName(model, key)}`}
            leaveOut={leaveOut}
            time="seconds"
          />
        </section>
      ))}
      <More paged={paged} what="further changes" />
    </>
  );
}

/** Then the head of the page has said who. */
function isByOne(audits: readonly AuditJson[]): boolean {
  return new Set(audits.map(({ userType, userId }) => JSON.stringify([userType, userId]))).size === 1;
}
