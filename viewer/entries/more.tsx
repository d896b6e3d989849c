import type { Paged } from '../api/use-paged';
import { Failure } from '../parts/failure';
import { Loading } from '../parts/loading';
import { Time } from '../parts/time';

interface Page {
  readonly next: string | null;
  readonly searchedTo?: string | null;
}

interface Props {
  readonly paged: Paged<Page>;
  /** What the next page holds: `older changes`. */
  readonly what: string;
}

/** The end of a list: more of it, or how far back one has looked, or that this did not work. */
export function More({ paged, what }: Props) {
  const { pages, loading, error, hasMore, more } = paged;
  const searchedTo = pages.at(-1)?.searchedTo;
  if (error && pages.length > 0) return <Failure error={error} retry={more} />;
  if (loading && pages.length > 0) return <Loading lines={2} />;
  if (!hasMore) return null;
  return (
    <p class="more-line">
      {searchedTo && (
        <span>
          Looked back to <Time iso={searchedTo} form="long" />.{' '}
        </span>
      )}
      <button type="button" class="quiet" onClick={more}>
        {searchedTo ? 'Keep looking' : `Show ${what}`}
      </button>
    </p>
  );
}
