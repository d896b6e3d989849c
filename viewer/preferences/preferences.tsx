import { createContext } from 'preact';
import type { ComponentChildren } from 'preact';
import { useContext, useEffect, useLayoutEffect, useMemo, useState } from 'preact/hooks';

import type { Zone } from '../time/instant';
import { englishOf } from '../time/words';
import type { Writing } from '../time/words';
import { storeChoice, storedChoice } from './stored-choice';

/** `auto` follows the system. */
export type Theme = 'auto' | 'light' | 'dark';

interface Preferences {
  readonly theme: Theme;
  readonly zone: Zone;
  readonly writing: Writing;
  /** Milliseconds since 1970, renewed twice a minute, for what is said in relation to now. */
  readonly now: number;
  readonly setTheme: (theme: Theme) => void;
  readonly setZone: (zone: Zone) => void;
}

const THEME_KEY = 'audit-viewer-theme';
const ZONE_KEY = 'audit-viewer-zone';
const RENEWED_EVERY_MS = 30_000;

const Context = createContext<Preferences | null>(null);

/** What the reader has chosen. Only inside {@link PreferencesProvider}. */
export function usePreferences(): Preferences {
  const preferences = useContext(Context);
  if (!preferences) throw new Error('usePreferences needs a PreferencesProvider above it');
  return preferences;
}

/** Keeps theme and time zone, and brings the theme to the document. */
export function PreferencesProvider({ children }: { children: ComponentChildren }) {
  const [theme, setTheme] = useState(() => storedChoice<Theme>(THEME_KEY, ['auto', 'light', 'dark']));
  const [zone, setZone] = useState(() => storedChoice<Zone>(ZONE_KEY, ['local', 'utc']));
  const [now, setNow] = useState(Date.now);

  useLayoutEffect(() => {
    storeChoice(THEME_KEY, theme);
    if (theme === 'auto') delete document.documentElement.dataset['theme'];
    else document.documentElement.dataset['theme'] = theme;
  }, [theme]);
  useLayoutEffect(() => storeChoice(ZONE_KEY, zone), [zone]);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), RENEWED_EVERY_MS);
    return () => clearInterval(timer);
  }, []);

  const writing = useMemo(() => ({ zone, locale: englishOf(navigator.languages) }), [zone]);
  const preferences = { theme, zone, writing, now, setTheme, setZone };
  return <Context.Provider value={preferences}>{children}</Context.Provider>;
}
