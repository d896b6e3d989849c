import { useCallback, useEffect, useState } from 'preact/hooks';

import { get } from '../../api/request';
import type { RequestError } from '../../api/request';
import { asRequestError } from '../../api/use-get';

/** What was answered so far, the newest last. */
export interface Polled<T> {
  readonly answers: readonly T[];
  /** Why the last question got no answer; the answers before it stay. */
  readonly error: RequestError | null;
  readonly ask: () => void;
}

/**
 * GETs a path again and again, `everyMs` after the last answer, and keeps `kept` answers. While nobody looks at the page
 * it asks nothing.
 */
export function usePolling<T>(path: string, everyMs: number, kept: number): Polled<T> {
  const [answers, setAnswers] = useState<readonly T[]>([]);
  const [error, setError] = useState<RequestError | null>(null);
  const [round, setRound] = useState(0);
  const ask = useCallback(() => setRound((count) => count + 1), []);

  useEffect(() => {
    const abort = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    let isAsking = false;
    const poll = async (): Promise<void> => {
      // Hiding and showing the page must not make two of it.
      if (isAsking) return;
      isAsking = true;
      try {
        const answer = await get<T>(path, abort.signal);
        setAnswers((before) => [...before.slice(1 - kept), answer]);
        setError(null);
      } catch (failed) {
        if (abort.signal.aborted) return;
        setError(asRequestError(failed));
      }
      isAsking = false;
      if (!abort.signal.aborted && !document.hidden) timer = setTimeout(() => void poll(), everyMs);
    };
    const onVisibility = (): void => {
      clearTimeout(timer);
      if (!document.hidden) void poll();
    };
    document.addEventListener('visibilitychange', onVisibility);
    onVisibility();
    return () => {
      abort.abort();
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', onVisibility);
    };
  }, [path, everyMs, kept, round]);

  return { answers, error, ask };
}
