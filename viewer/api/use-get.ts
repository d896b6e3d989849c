import { useCallback, useEffect, useState } from 'preact/hooks';

import { get, RequestError } from './request';

/** What is known of an answer. While another is loaded, the last one stays in `data` with `loading`. */
export interface Loaded<T> {
  readonly data: T | null;
  readonly error: RequestError | null;
  readonly loading: boolean;
  /** Asks again. */
  readonly reload: () => void;
}

interface Known<T> {
  readonly path: string | null;
  readonly data: T | null;
  readonly error: RequestError | null;
  readonly loading: boolean;
}

/** GETs a path, and again when it changes; null asks for nothing. An answer that comes too late is left alone. */
export function useGet<T>(path: string | null): Loaded<T> {
  const [known, setKnown] = useState<Known<T>>({ path: null, data: null, error: null, loading: true });
  const [round, setRound] = useState(0);

  useEffect(() => {
    if (path === null) {
      setKnown({ path, data: null, error: null, loading: false });
      return undefined;
    }
    const abort = new AbortController();
    setKnown((last) => ({ ...last, loading: true }));
    get<T>(path, abort.signal).then(
      (data) => {
        if (!abort.signal.aborted) setKnown({ path, data, error: null, loading: false });
      },
      (error: unknown) => {
        if (!abort.signal.aborted)
          setKnown({ path, data: null, error: asRequestError(error), loading: false });
      },
    );
    return () => abort.abort();
  }, [path, round]);

  const reload = useCallback(() => setRound((count) => count + 1), []);
  return { data: known.data, error: known.error, loading: known.loading || known.path !== path, reload };
}

/** Whatever was thrown, as something that can be shown. */
export function asRequestError(error: unknown): RequestError {
  if (error instanceof RequestError) return error;
  return new RequestError(0, 'UNKNOWN', error instanceof Error ? error.message : String(error));
}
