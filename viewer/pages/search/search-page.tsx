import { useEffect, useRef } from 'preact/hooks';
import { Link, useLocation } from 'wouter-preact';
import { useSearch } from 'wouter-preact/use-browser-location';

import { filtersOf, queryOf } from '../../address/filters';
import type { Filters } from '../../address/filters';
import { recordPath } from '../../address/page';
import type { AuditsJson } from '../../api/types';
import { usePaged } from '../../api/use-paged';
import { EntryList } from '../../entries/entry-list';
import { More } from '../../entries/more';
import { Announcer } from '../../parts/announcer';
import { Failure } from '../../parts/failure';
import { Loading } from '../../parts/loading';
import { PageHead } from '../../parts/page-head';
import { Text } from '../../parts/text';
import { keyWords } from '../../values/key-words';
import { counted } from '../../values/numbers';
import { Chips } from './chips';
import { NothingFound } from './nothing-found';
import { Pager } from './pager';
import { SearchForm } from './search-form';

const PAGE_SIZE = 50;

/** All changes, or those that filters in the address ask for. */
export function SearchPage() {
  const search = useSearch();
  const [, navigate] = useLocation();
  const filters = filtersOf(search);
  const after = new URLSearchParams(search).get('after');
  const paged = usePaged<AuditsJson>(`api/audits?${withLimit(queryOf(filters, after))}`);
  const audits = paged.pages.flatMap((page) => page.audits);
  const last = paged.pages.at(-1);
  const isUnknown = paged.error?.status === 404;
  const isEmpty = audits.length === 0 && !paged.loading && (!paged.error || isUnknown);
  const results = useFocusOn(after);
  const show = (wanted: Filters): void => {
    // The same once more is asked for to see what has come since.
    if (after === null && queryOf(wanted) === queryOf(filters)) paged.reload();
    else navigate(pathOf(wanted));
  };

  return (
    <>
      <PageHead title="Changes">
        <p>Who changed what. Follow a record to its timeline, a person to all that they did.</p>
      </PageHead>
      <SearchForm key={search} filters={filters} onSearch={show} />
      <Chips filters={filters} pathOf={pathOf} />
      {filters.model !== '' && filters.id !== '' && (
        <p class="hint">
          <Link href={recordPath(filters.model, filters.id)}>
            See the timeline of <Text value={`${filters.model} ${keyWords(filters.id)}`} />
          </Link>{' '}
          with its state at any time.
        </p>
      )}
      <Announcer>{announcement(paged.loading, audits.length, last?.next ?? null)}</Announcer>
      <section
        ref={results}
        tabIndex={-1}
        class={paged.loading && audits.length > 0 ? 'results busy' : 'results'}
        aria-label="Results"
      >
        {paged.error && !isUnknown && audits.length === 0 && (
          <Failure error={paged.error} retry={paged.reload} />
        )}
        {paged.loading && audits.length === 0 && <Loading />}
        {isEmpty && <NothingFound filters={filters} isEnd={!last?.next} said={paged.error?.message} />}
        {audits.length > 0 && <EntryList audits={audits} label="Changes that were found" />}
        {last?.searchedTo || paged.error ? <More paged={paged} what="more" /> : null}
      </section>
      <Pager
        query={queryOf(filters)}
        order={filters.order}
        after={after}
        next={paged.loading || last?.searchedTo ? null : (last?.next ?? null)}
      />
    </>
  );
}

/** Another page of results begins at its top, for eyes and for screen readers. */
function useFocusOn(cursor: string | null) {
  const place = useRef<HTMLElement>(null);
  const last = useRef(cursor);
  useEffect(() => {
    if (last.current !== cursor) place.current?.focus();
    last.current = cursor;
  }, [cursor]);
  return place;
}

function withLimit(query: string): string {
  return [query, `limit=${PAGE_SIZE}`].filter(Boolean).join('&');
}

function pathOf(filters: Filters): string {
  const query = queryOf(filters);
  return query ? `/?${query}` : '/';
}

function announcement(loading: boolean, found: number, next: string | null): string {
  if (loading) return 'Loading changes';
  return next ? `${counted(found, 'change')} shown, there are more` : `${counted(found, 'change')} shown`;
}
