import { Icon } from './icon';
import type { IconName } from './icon';
import { Text } from './text';

const ICONS = new Map<string, IconName>([
  ['created', 'plus'],
  ['updated', 'pencil'],
  ['deleted', 'cross'],
  ['restored', 'back'],
]);

/** The class that gives an event its colour; the application's own events share one. */
export function eventClass(event: string): string {
  return ICONS.has(event) ? `event-${event}` : 'event-own';
}

/** What happened, in words, with a sign and a colour. */
export function EventBadge({ event }: { event: string }) {
  return (
    <span class={`badge ${eventClass(event)}`}>
      <Icon name={ICONS.get(event) ?? 'dot'} />
      <Text value={event} />
    </span>
  );
}
