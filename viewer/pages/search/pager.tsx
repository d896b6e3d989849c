import { Link } from 'wouter-preact';
import { useHistoryState } from 'wouter-preact/use-browser-location';

import { encoded } from '../../address/encode';

interface Props {
  /** Of the filters, without a cursor. */
  readonly query: string;
  readonly order: 'newest' | 'oldest';
  readonly after: string | null;
  readonly next: string | null;
}

/** Which pages one has come by: cursors lead forwards only. It lies in the history, so that reloading keeps it. */
interface Way {
  readonly before?: readonly (string | null)[];
}

/** Leads to the pages around this one. Who comes by a link to a later page gets back to the first only. */
export function Pager({ query, order, after, next }: Props) {
  const { before = [] } = useHistoryState<Way | null>() ?? {};
  if (after === null && next === null) return null;
  const [back, forth] = order === 'newest' ? ['Newer', 'Older'] : ['Older', 'Newer'];
  const end = order === 'newest' ? 'Newest' : 'Oldest';
  const previous = before.at(-1) ?? null;
  return (
    <nav class="pager" aria-label="Pages">
      {after !== null && previous !== null && <Link href={pathOf(query, null)}>« {end}</Link>}
      {after !== null && (
        <Link href={pathOf(query, previous)} state={{ before: before.slice(0, -1) }}>
          ‹ {before.length > 0 ? back : end}
        </Link>
      )}
      {next !== null && (
        <Link href={pathOf(query, next)} state={{ before: [...before, after] }} className="forth">
          {forth} ›
        </Link>
      )}
    </nav>
  );
}

function pathOf(query: string, after: string | null): string {
  const all = [query, after === null ? '' : `after=${encoded(after)}`].filter(Boolean).join('&');
  return all ? `/?${all}` : '/';
}
