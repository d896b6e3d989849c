import { useEffect, useRef, useState } from 'preact/hooks';
import { useLocation } from 'wouter-preact';

import { goTo } from '../address/go-to';
import { useMe } from '../api/me';
import { Icon } from '../parts/icon';
import { isPlainKey, isTyping } from './is-typing';

/** The field on every page that leads to a record in one step; the slash key leads to the field. */
export function QuickSearch() {
  const me = useMe();
  const [, navigate] = useLocation();
  const [text, setText] = useState('');
  const field = useRef<HTMLInputElement>(null);

  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.key !== '/' || !isPlainKey(event) || isTyping(event)) return;
      event.preventDefault();
      field.current?.focus();
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, []);

  const onSubmit = (event: Event): void => {
    event.preventDefault();
    const target = goTo(text, me?.models ?? []);
    if (target === null) return;
    setText('');
    navigate(target);
  };

  return (
    <form role="search" class="quick-search" onSubmit={onSubmit}>
      <label class="hidden" for="quick-search">
        Go to a record
      </label>
      <Icon name="search" />
      <input
        ref={field}
        id="quick-search"
        type="search"
        list="quick-search-models"
        placeholder="Go to, e.g. Product 42"
        autocomplete="off"
        spellcheck={false}
        aria-keyshortcuts="/"
        value={text}
        onInput={(event) => setText(event.currentTarget.value)}
      />
      <kbd aria-hidden="true">/</kbd>
      <datalist id="quick-search-models">
        {me?.models.map((model) => (
          <option key={model} value={`${model} `} />
        ))}
      </datalist>
    </form>
  );
}
