import { useEffect, useRef } from 'preact/hooks';

import { momentText } from '../../address/record-view';
import type { Moment, RecordView } from '../../address/record-view';
import { useCanRevert } from '../../api/me';
import type { Reverted, StateJson } from '../../api/types';
import { Failure } from '../../parts/failure';
import { Icon } from '../../parts/icon';
import { Loading } from '../../parts/loading';
import { Time } from '../../parts/time';
import { PutBackButton } from '../../revert/put-back-button';
import { Incomplete } from './incomplete';
import { StateTable } from './state-table';
import { useStates } from './use-states';

interface Props {
  readonly model: string;
  readonly id: string;
  readonly moment: Moment;
  /** How often something has been put back meanwhile: each time now is another. */
  readonly round: number;
  readonly show: (change: Partial<RecordView>) => void;
  readonly onDone: (done: Reverted) => void;
}

/** All values of a record at a moment, beside those of now where they are others. */
export function StatePanel({ model, id, moment, round, show, onDone }: Props) {
  const { first: then, second: now, error, reload } = useStates(model, id, moment, { kind: 'now' }, round);
  const canRevert = useCanRevert(model);
  const title = useRef<HTMLHeadingElement>(null);
  const asked = momentText(moment);
  useEffect(() => title.current?.focus(), [asked]);
  return (
    <section class="panel state" aria-labelledby="state-title">
      <header>
        <h2 id="state-title" ref={title} tabIndex={-1}>
          State{' '}
          {then && (
            <>
              on <Time iso={then.at} form="long" plain />
            </>
          )}
        </h2>
        <button
          type="button"
          class="chrome"
          aria-label="Close the state"
          onClick={() => show({ moment: null })}
        >
          <Icon name="cross" />
        </button>
      </header>
      {error && <Failure error={error} retry={reload} />}
      {!error && !(then && now) && <Loading lines={4} />}
      {then && now && (
        <>
          <Existence state={then} />
          {then.values !== null && !then.complete && <Incomplete />}
          {then.values !== null && (
            <StateTable
              caption="Values then and now"
              left={then.values}
              right={now.values}
              names={['Then', 'Now']}
              all
            />
          )}
          {canRevert && then.audit !== null && (
            <p class="actions">
              <PutBackButton model={model} id={id} audit={then.audit} at={then.at} onDone={onDone} />
            </p>
          )}
        </>
      )}
    </section>
  );
}

function Existence({ state }: { state: StateJson }) {
  if (state.exists) return null;
  if (state.audit === null) {
    return (
      <p class="fact">
        The trail has nothing of the record before this time: it was created later, or not audited yet.
      </p>
    );
  }
  return (
    <p class="fact">
      The record was deleted at this time{state.values ? '; these were its last values.' : '.'}
    </p>
  );
}
