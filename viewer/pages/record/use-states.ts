import { useMemo } from 'preact/hooks';

import { statePath } from '../../address/record-view';
import type { Moment } from '../../address/record-view';
import type { RequestError } from '../../api/request';
import type { StateJson } from '../../api/types';
import { useGet } from '../../api/use-get';

/** Two states of a record, once both are known. */
export interface States {
  readonly first: StateJson | null;
  readonly second: StateJson | null;
  readonly error: RequestError | null;
  readonly reload: () => void;
}

/** Asks for the states of a record at two moments. Now is when it asks first, and again in each `round`. */
export function useStates(model: string, id: string, from: Moment, to: Moment, round = 0): States {
  const now = useMemo(() => new Date().toISOString(), [round]);
  const first = useGet<StateJson>(statePath(model, id, from, now));
  const second = useGet<StateJson>(statePath(model, id, to, now));
  return {
    first: first.loading ? null : first.data,
    second: second.loading ? null : second.data,
    error: first.error ?? second.error,
    reload: () => {
      first.reload();
      second.reload();
    },
  };
}
