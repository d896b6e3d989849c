import { useEffect, useRef } from 'preact/hooks';

import { momentText } from '../../address/record-view';
import type { Moment, RecordView } from '../../address/record-view';
import { Failure } from '../../parts/failure';
import { Icon } from '../../parts/icon';
import { Loading } from '../../parts/loading';
import { Time } from '../../parts/time';
import { Incomplete } from './incomplete';
import { StateTable } from './state-table';
import { useStates } from './use-states';

interface Props {
  readonly model: string;
  readonly id: string;
  readonly from: Moment;
  readonly to: Moment;
  readonly show: (change: Partial<RecordView>) => void;
}

/** What differs between two moments of a record. */
export function ComparePanel({ model, id, from, to, show }: Props) {
  const { first, second, error, reload } = useStates(model, id, from, to);
  const title = useRef<HTMLHeadingElement>(null);
  const asked = momentText(from) + momentText(to);
  useEffect(() => title.current?.focus(), [asked]);
  return (
    <section class="panel state" aria-labelledby="compare-title">
      <header>
        <h2 id="compare-title" ref={title} tabIndex={-1}>
          What differs
        </h2>
        <button
          type="button"
          class="chrome"
          aria-label="Close the comparison"
          onClick={() => show({ compare: null })}
        >
          <Icon name="cross" />
        </button>
      </header>
      {error && <Failure error={error} retry={reload} />}
      {!error && !(first && second) && <Loading lines={4} />}
      {first && second && (
        <>
          <p class="muted">
            Between <Time iso={first.at} form="long" /> and{' '}
            {to.kind === 'now' ? 'now' : <Time iso={second.at} form="long" />}.
            {!first.exists && ' The record did not exist at the first of them.'}
            {!second.exists && ' The record did not exist at the second of them.'}
          </p>
          {!(first.complete && second.complete) && <Incomplete />}
          <StateTable
            caption="Values at both moments"
            left={first.values}
            right={second.values}
            names={['First', to.kind === 'now' ? 'Now' : 'Second']}
          />
        </>
      )}
    </section>
  );
}
