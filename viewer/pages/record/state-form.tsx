import { useEffect, useState } from 'preact/hooks';

import type { Moment } from '../../address/record-view';
import { TimeField } from '../../parts/time-field';

interface Props {
  readonly moment: Moment | null;
  readonly onMoment: (moment: Moment) => void;
}

/** Asks for the state at a date. */
export function StateForm({ moment, onMoment }: Props) {
  const asked = moment?.kind === 'at' ? moment.iso : '';
  const [iso, setIso] = useState(asked);
  useEffect(() => setIso(asked), [asked]);
  const onSubmit = (event: Event): void => {
    event.preventDefault();
    if (iso !== '') onMoment({ kind: 'at', iso });
  };
  return (
    <form class="tool" onSubmit={onSubmit}>
      <TimeField label="State on" name="at" iso={iso} required onIso={setIso} />
      <button type="submit" class="quiet">
        Show
      </button>
    </form>
  );
}
