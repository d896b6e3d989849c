import { useState } from 'preact/hooks';

import { post } from '../api/request';
import type { Reverted } from '../api/types';
import { Icon } from '../parts/icon';
import { Text } from '../parts/text';
import { Time } from '../parts/time';
import { keyWords } from '../values/key-words';
import { RevertDialog } from './revert-dialog';

interface Props {
  readonly model: string;
  readonly id: string;
  /** The audit after which the record was as it is to be again. */
  readonly audit: string;
  readonly at: string;
  readonly onDone: (done: Reverted) => void;
}

/** Makes a record what it was after an audit. Only for those who may (`useCanRevert`). */
export function PutBackButton({ model, id, audit, at, onDone }: Props) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <button type="button" class="small quiet" onClick={() => setOpen(true)}>
        <Icon name="clock" /> Put back to this state
      </button>
      {open && (
        <RevertDialog
          title="Put back to this state"
          confirm="Put back"
          canForce={false}
          submit={(reason) => post<Reverted>('api/revert-to', { model, id, audit, reason })}
          onDone={(done) => {
            setOpen(false);
            onDone(done);
          }}
          onClose={() => setOpen(false)}
        >
          <p>
            <Text value={`${model} ${keyWords(id)}`} /> becomes what it was <Time iso={at} form="long" />.
            What was changed since is not lost: it stays in the trail.
          </p>
        </RevertDialog>
      )}
    </>
  );
}
