import { Icon } from '../parts/icon';
import type { IconName } from '../parts/icon';
import { usePreferences } from '../preferences/preferences';
import type { Theme } from '../preferences/preferences';

const THEMES: readonly (readonly [Theme, string, IconName])[] = [
  ['auto', 'System', 'half'],
  ['light', 'Light', 'sun'],
  ['dark', 'Dark', 'moon'],
];

const NAMES = { local: 'Local', utc: 'UTC' } as const;

/** Theme and time zone; both are remembered. */
export function Choices() {
  const { theme, zone, setTheme, setZone } = usePreferences();
  const at = THEMES.findIndex(([name]) => name === theme);
  const [, label, icon] = THEMES[at] ?? THEMES[0]!;
  const next = THEMES[(at + 1) % THEMES.length]!;
  const other = zone === 'utc' ? 'local' : 'utc';
  return (
    <div class="choices">
      <button
        type="button"
        class="chrome"
        onClick={() => setZone(other)}
        aria-label={`${NAMES[zone]} time. Change to ${NAMES[other]} time`}
        title={`Times in ${zone === 'utc' ? 'UTC' : Intl.DateTimeFormat().resolvedOptions().timeZone}`}
      >
        <Icon name="clock" />
        {NAMES[zone]}
      </button>
      <button
        type="button"
        class="chrome"
        onClick={() => setTheme(next[0])}
        aria-label={`${label} colours. Change to ${next[1].toLowerCase()}`}
        title={`Colours: ${label}`}
      >
        <Icon name={icon} />
        <span class="choice-name">{label}</span>
      </button>
    </div>
  );
}
