import { useMemo, useState } from 'preact/hooks';

import type { Difference } from '../api/types';
import type { Change } from '../diff/changes';
import { diffTexts } from '../diff/layout';
import { snippetsOf } from '../diff/teaser';
import { Text } from '../parts/text';
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
    <>
      {!isOpen && (inside.length > 0 ? <Places places={inside} /> : <Snippets change={change} />)}
      <details class="compared" open={isOpen} onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary>Compare side by side</summary>
        {isOpen && <Both change={change} {...(names ? { names } : {})} />}
      </details>
    </>
  );
}

function Both({ change, names }: Pick<Props, 'change' | 'names'>) {
  const [before, after] = diffTexts(change);
  return <SideBySide label={change.attribute} before={before} after={after} {...(names ? { names } : {})} />;
}

function Places({ places }: { places: readonly Difference[] }) {
  const rest = places.length - PLACES_SHOWN;
  return (
    <ul class="summary places">
      {places.slice(0, PLACES_SHOWN).map((place, index) => (
        <li key={index}>
          <Place difference={{ ...place, path: place.path.slice(1) }} />
        </li>
      ))}
      {rest > 0 && <li class="muted">and {counted(rest, 'other place')} inside</li>}
    </ul>
  );
}

/** Of a text the first words that have changed. */
function Snippets({ change }: { change: Change }) {
  const snippets = useMemo(() => snippetsOf(...diffTexts(change), PLACES_SHOWN), [change]);
  return (
    <ul class="summary places">
      {snippets.map(({ lead, before, after, trail }, index) => (
        <li key={index}>
          <Text value={lead} />
          {before !== '' && (
            <del>
              <Text value={before} />
            </del>
          )}
          {after !== '' && (
            <ins>
              <Text value={after} />
            </ins>
          )}
          <Text value={trail} />
        </li>
      ))}
    </ul>
  );
}
