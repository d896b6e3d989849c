import { Router } from 'wouter-preact';
import { usePathname } from 'wouter-preact/use-browser-location';

import { pageOf } from './address/page';
import type { Page } from './address/page';
import { BASE_URL } from './api/base-url';
import { MeContext } from './api/me';
import type { Me } from './api/types';
import { useGet } from './api/use-get';
import { Frame } from './layout/frame';
import { useArrival } from './layout/use-arrival';
import { useRowKeys } from './layout/use-row-keys';
import { AuditPage } from './pages/audit/audit-page';
import { LivePage } from './pages/live/live-page';
import { RecordPage } from './pages/record/record-page';
import { RefusedPage } from './pages/refused-page';
import { SearchPage } from './pages/search/search-page';
import { SetAsidePage } from './pages/set-aside/set-aside-page';
import { TogetherPage } from './pages/together/together-page';
import { UnknownPage } from './pages/unknown-page';
import { UserPage } from './pages/user/user-page';
import { PreferencesProvider } from './preferences/preferences';

const base = BASE_URL.pathname.replace(/\/$/, '');

/** The viewer: what the address says, in its frame. */
export function App() {
  const path = usePathname();
  const me = useGet<Me>('api/me');
  useArrival(path);
  useRowKeys();
  const page = pageOf(path.slice(base.length));
  const isRefused = me.error !== null && (me.error.status === 401 || me.error.status === 403);
  return (
    <PreferencesProvider>
      <MeContext.Provider value={me.data}>
        <Router base={base}>
          <Frame page={page}>
            {isRefused && me.error ? (
              <RefusedPage error={me.error} retry={me.reload} />
            ) : (
              <Content page={page} />
            )}
          </Frame>
        </Router>
      </MeContext.Provider>
    </PreferencesProvider>
  );
}

/** Another record is another page: a key begins it anew. */
function Content({ page }: { page: Page }) {
  switch (page.name) {
    case 'search':
      return <SearchPage />;
    case 'record':
      return <RecordPage key={`${page.model}/${page.id}`} model={page.model} id={page.id} />;
    case 'user':
      return <UserPage key={`${page.type}/${page.id}`} type={page.type} id={page.id} />;
    case 'request':
    case 'transaction':
      return <TogetherPage key={page.id} kind={page.name} id={page.id} />;
    case 'audit':
      return <AuditPage key={page.id} id={page.id} />;
    case 'live':
      return <LivePage />;
    case 'set-aside':
      return <SetAsidePage />;
    case 'unknown':
      return <UnknownPage />;
  }
}
