const PATHS = {
  plus: 'M8 3v10M3 8h10',
  pencil: 'M3 13l.7-3L10.5 3.2a1.4 1.4 0 0 1 2 0l.3.3a1.4 1.4 0 0 1 0 2L6 12.3 3 13z',
  cross: 'M4 4l8 8M12 4l-8 8',
  back: 'M3.5 6.5h6a3.5 3.5 0 0 1 0 7H6M3.5 6.5L6.5 3.5M3.5 6.5l3 3',
  dot: 'M8 8h.01',
  search: 'M7 12A5 5 0 1 0 7 2a5 5 0 0 0 0 10zM10.6 10.6L14 14',
  clock: 'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM8 5v3l2 1.5',
  sun: 'M8 11a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM8 1v1.5M8 13.5V15M1 8h1.5M13.5 8H15M3 3l1 1M12 12l1 1M13 3l-1 1M4 12l-1 1',
  moon: 'M13.5 9.5A6 6 0 0 1 6.5 2.5a6 6 0 1 0 7 7z',
  half: 'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM8 2v12M11 3.5v9M9.6 2.5v11',
  warning: 'M8 2.5l6 11H2zM8 7v3M8 12h.01',
  lock: 'M4 7.5h8v6H4zM5.5 7.5V5a2.5 2.5 0 0 1 5 0v2.5',
  empty: 'M2.5 9.5l2-6h7l2 6v4h-11zM2.5 9.5h3.2l1 1.6h2.6l1-1.6h3.2',
  offline: 'M2 2l12 12M4 8a6 6 0 0 1 2-1.3M9 6.3A6 6 0 0 1 12 8M6.2 10.3a3 3 0 0 1 3.6 0M8 13h.01',
} as const;

export type IconName = keyof typeof PATHS;

/** A drawing beside words that say the same; screen readers pass it by. */
export function Icon({ name }: { name: IconName }) {
  return (
    <svg
      class="icon"
      viewBox="0 0 16 16"
      width="16"
      height="16"
      fill="none"
      stroke="currentColor"
      stroke-width={name === 'dot' ? 4 : 1.6}
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      <path d={PATHS[name]} />
    </svg>
  );
}
