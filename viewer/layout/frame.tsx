import type { ComponentChildren } from 'preact';
import { Link } from 'wouter-preact';

import type { Page } from '../address/page';
import { useMe } from '../api/me';
import { Text } from '../parts/text';
import { counted } from '../values/numbers';
import { Choices } from './choices';
import { QuickSearch } from './quick-search';

const PLACES: readonly (readonly [Page['name'], string, string])[] = [
  ['search', '/', 'Changes'],
  ['live', '/live', 'Live'],
  ['set-aside', '/set-aside', 'Set aside'],
];

/** What stands around every page. */
export function Frame({ page, children }: { page: Page; children: ComponentChildren }) {
  const me = useMe();
  return (
    <>
      <a class="skip" href="#content" onClick={skip}>
        Skip to content
      </a>
      <header class="top">
        <div class="top-line">
          <Link href="/" className="brand">
            <span class="brand-mark" aria-hidden="true" />
            Audit trail
          </Link>
          <nav aria-label="Main">
            {PLACES.filter(([name]) => name === 'search' || me?.maySeeStatus !== false).map(
              ([name, path, label]) => (
                <Link key={name} href={path} {...(name === page.name ? { 'aria-current': 'page' } : {})}>
                  {label}
                </Link>
              ),
            )}
          </nav>
          <QuickSearch />
          <Choices />
        </div>
      </header>
      <main id="content" tabIndex={-1}>
        {children}
      </main>
      {me && (
        <footer class="bottom">
          <p>
            <Text value={me.database} />
            {me.retentionDays > 0 && <> · kept for {counted(me.retentionDays, 'day')}</>} · version{' '}
            {me.version}
            {!me.allowRevert && ' · read only'}
          </p>
          <p class="keys">
            <kbd>/</kbd> go to a record <kbd>j</kbd> <kbd>k</kbd> next and previous change
          </p>
        </footer>
      )}
    </>
  );
}

/** With `<base href>` a link to a fragment would leave the page. */
function skip(event: Event): void {
  event.preventDefault();
  document.getElementById('content')?.focus();
}
