import { useEffect } from 'preact/hooks';

import { isPlainKey, isTyping } from './is-typing';

/** What `j` and `k` walk over: the entries of lists and timelines. */
const ROWS = 'main article';

/** `j` goes to the next entry of the page, `k` to the one before. */
export function useRowKeys(): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if ((event.key !== 'j' && event.key !== 'k') || !isPlainKey(event) || isTyping(event)) return;
      const rows = [...document.querySelectorAll<HTMLElement>(ROWS)];
      const at = rows.findIndex((row) => row.contains(document.activeElement));
      const next = rows[event.key === 'j' ? at + 1 : Math.max(0, at - 1)];
      next?.focus();
      next?.scrollIntoView({ block: 'nearest' });
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, []);
}
