import { useEffect, useRef } from 'preact/hooks';

/**
 * Coming to another page moves the focus to its heading, as loading a document would. The page scrolls up only where
 * one has followed a link: going back leaves it to the browser.
 */
export function useArrival(path: string): void {
  const last = useRef(path);
  const wentBack = useRef(false);
  useEffect(() => {
    const remember = (event: Event): void => {
      wentBack.current = event.type === 'popstate';
    };
    const events = ['popstate', 'pushState'];
    for (const event of events) addEventListener(event, remember);
    return () => {
      for (const event of events) removeEventListener(event, remember);
    };
  }, []);
  useEffect(() => {
    if (last.current === path) return;
    last.current = path;
    document.querySelector('h1')?.focus({ preventScroll: true });
    if (!wentBack.current) scrollTo(0, 0);
  }, [path]);
}
