import { Link } from 'wouter-preact';

import { NO_FILTERS, queryOf } from '../../address/filters';
import type { AuditsJson } from '../../api/types';
import { usePaged } from '../../api/use-paged';
import { EntryList } from '../../entries/entry-list';
import { More } from '../../entries/more';
import { Announcer } from '../../parts/announcer';
import { Failure } from '../../parts/failure';
import { Loading } from '../../parts/loading';
import { Notice } from '../../parts/notice';
import { PageHead } from '../../parts/page-head';
import { nameOf } from '../../parts/who';
import { usePreferences } from '../../preferences/preferences';
import { byDay } from '../../time/days';
import { dayName } from '../../time/words';
import { counted } from '../../values/numbers';

/** All that a user did, day by day. */
export function UserPage({ type, id }: { type: string; id: string }) {
  const { now, writing } = usePreferences();
  const filters = { ...NO_FILTERS, userType: type, userId: id };
  const paged = usePaged<AuditsJson>(`api/audits?${queryOf(filters)}&limit=100`);
  const audits = paged.pages.flatMap((page) => page.audits);
  const isEmpty = audits.length === 0 && !paged.loading && !paged.error && !paged.hasMore;
  const name = audits[0] ? nameOf(audits[0]) : `${type} ${id}`;
  return (
    <>
      <PageHead title={name} kicker="Activity of a user">
        <p>
          {type} {id} · <Link href={`/?${queryOf(filters)}`}>search in it</Link>
        </p>
      </PageHead>
      <Announcer>{paged.loading ? 'Loading changes' : `${counted(audits.length, 'change')} shown`}</Announcer>
      {paged.error && audits.length === 0 && <Failure error={paged.error} retry={paged.reload} />}
      {paged.loading && audits.length === 0 && <Loading />}
      {isEmpty && (
        <Notice icon="empty" title="Nothing by this user">
          <p class="muted">
            The trail has no changes of {type} {id}. Check the type and the id, or{' '}
            <Link href="/">see all changes</Link>.
          </p>
        </Notice>
      )}
      {byDay(audits, writing.zone).map(({ day, items }) => (
        <section key={day} class="day">
          <h2>
            {dayName(day, now, writing)} <span class="muted">{counted(items.length, 'change')}</span>
          </h2>
          <EntryList audits={items} label={`Changes on ${day}`} leaveOut={['user']} time="clock" />
        </section>
      ))}
      <More paged={paged} what="older changes" />
    </>
  );
}
