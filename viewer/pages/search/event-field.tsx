import { useState } from 'preact/hooks';

import { EventBadge } from '../../parts/event-badge';

interface Props {
  readonly events: readonly string[];
  readonly onEvents: (events: readonly string[]) => void;
}

const KNOWN = ['created', 'updated', 'deleted', 'restored'];

/** Which events are asked for; the application's own by name. */
export function EventField({ events, onEvents }: Props) {
  const [own, setOwn] = useState(events.filter((event) => !KNOWN.includes(event)).join(', '));
  const toggle = (event: string, on: boolean): void => {
    onEvents(on ? [...events, event] : events.filter((other) => other !== event));
  };
  const change = (text: string): void => {
    setOwn(text);
    const named = text
      .split(',')
      .map((part) => part.trim())
      .filter(Boolean);
    onEvents([...events.filter((event) => KNOWN.includes(event)), ...new Set(named)]);
  };
  return (
    <fieldset class="events">
      <legend class="hidden">Events</legend>
      {KNOWN.map((event) => (
        <label key={event} class="toggle">
          <input
            type="checkbox"
            name="event"
            value={event}
            checked={events.includes(event)}
            onChange={(changed) => toggle(event, changed.currentTarget.checked)}
          />
          <EventBadge event={event} />
        </label>
      ))}
      <input
        type="text"
        class="own-event"
        aria-label="Other events, separated by commas"
        placeholder="other events"
        autocomplete="off"
        value={own}
        onInput={(event) => change(event.currentTarget.value)}
      />
    </fieldset>
  );
}
