import { useCallback, useEffect, useRef, useState } from 'preact/hooks';

import { encoded } from '../address/encode';
import { get } from './request';
import type { RequestError } from './request';
import { asRequestError } from './use-get';

/** Pages that have been read so far, in their order; those of another path while `loading`. */
export interface Paged<P> {
  readonly pages: readonly P[];
  readonly loading: boolean;
  readonly error: RequestError | null;
  /** There is another page. */
  readonly hasMore: boolean;
  /** Reads the next page and adds it. */
  readonly more: () => void;
  /** Begins again with the first. */
  readonly reload: () => void;
}

interface Read<P> {
  readonly path: string;
  readonly pages: readonly P[];
  readonly loading: boolean;
  readonly error: RequestError | null;
}

/** Reads the first page of a path, which may have a query string, and further ones when asked to. */
export function usePaged<P extends { readonly next: string | null }>(path: string): Paged<P> {
  const [read, setRead] = useState<Read<P>>({ path, pages: [], loading: true, error: null });
  const [round, setRound] = useState(0);
  const running = useRef<AbortController | null>(null);

  const load = useCallback(
    (before: readonly P[]) => {
      running.current?.abort();
      const abort = new AbortController();
      running.current = abort;
      const cursor = before.at(-1)?.next;
      const url = cursor ? withCursor(path, cursor) : path;
      // What is shown stays until there is something else.
      setRead((last) => ({ ...last, loading: true, error: null }));
      get<P>(url, abort.signal).then(
        (page) => {
          if (!abort.signal.aborted) setRead({ path, pages: [...before, page], loading: false, error: null });
        },
        (error: unknown) => {
          if (!abort.signal.aborted)
            setRead({ path, pages: before, loading: false, error: asRequestError(error) });
        },
      );
    },
    [path],
  );

  useEffect(() => {
    load([]);
    return () => running.current?.abort();
  }, [load, round]);

  const { pages } = read;
  return {
    pages,
    loading: read.loading || read.path !== path,
    error: read.error,
    hasMore: Boolean(pages.at(-1)?.next),
    more: () => load(pages),
    reload: useCallback(() => setRound((count) => count + 1), []),
  };
}

function withCursor(path: string, cursor: string): string {
  return `${path}${path.includes('?') ? '&' : '?'}after=${encoded(cursor)}`;
}
