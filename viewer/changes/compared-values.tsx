import { useState } from 'preact/hooks';

import type { Difference } from '../api/types';
import type { Change } from '../diff/changes';
import { diffTexts } from '../diff/layout';
import { counted } from '../values/numbers';
import { Place } from './change-summary';
import { SideBySide } from './side-by-side';

interface Props {
  readonly change: Change;
  /** Where inside the value something differs, if that is known. */
  readonly places?: readonly Difference[];
  readonly open?: boolean;
  readonly names?: readonly [string, string];
}

const PLACES_SHOWN = 3;

/** Where in a long value something has changed, and on demand both whole values beside each other. */
export function ComparedValues({ change, places = [], open = false, names }: Props) {
  const [isOpen, setOpen] = useState(open);
  const inside = places.filter(({ path }) => path.length > 1);
  return (
    <details class="compared" open={isOpen} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        {inside.length > 0 && `${counted(inside.length, 'place')} inside · `}
        Compare side by side
      </summary>
      {isOpen ? <Both change={change} {...(names ? { names } : {})} /> : <Places places={inside} />}
    </details>
  );
}

function Both({ change, names }: Pick<Props, 'change' | 'names'>) {
  const [before, after] = diffTexts(change);
  return <SideBySide label={change.attribute} before={before} after={after} {...(names ? { names } : {})} />;
}

function Places({ places }: { places: readonly Difference[] }) {
  return (
    <ul class="summary">
      {places.slice(0, PLACES_SHOWN).map((place, index) => (
        <li key={index}>
          <Place difference={place} />
        </li>
      ))}
    </ul>
  );
}
