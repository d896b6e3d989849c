import { useState } from 'preact/hooks';

import { encoded } from '../address/encode';
import { post } from '../api/request';
import type { AuditJson, Reverted } from '../api/types';
import { Place } from '../changes/change-summary';
import { Icon } from '../parts/icon';
import { Time } from '../parts/time';
import { counted } from '../values/numbers';
import { RevertDialog } from './revert-dialog';

interface Props {
  readonly audit: AuditJson;
  readonly onDone: (done: Reverted) => void;
}

const PLACES_SHOWN = 5;

/** Takes one change back, where the server lets the reader. */
export function RevertButton({ audit, onDone }: Props) {
  const [open, setOpen] = useState(false);
  if (!audit.canRevert) return null;
  return (
    <>
      <button type="button" class="small quiet" onClick={() => setOpen(true)}>
        <Icon name="back" /> Revert this change
      </button>
      {open && (
        <RevertDialog
          title="Revert this change"
          confirm="Revert"
          canForce
          submit={(reason, force) =>
            post<Reverted>(`api/audits/${encoded(audit.id)}/revert`, { reason, force })
          }
          onDone={(done) => {
            setOpen(false);
            onDone(done);
          }}
          onClose={() => setOpen(false)}
        >
          <Consequence audit={audit} />
        </RevertDialog>
      )}
    </>
  );
}

function Consequence({ audit }: { audit: AuditJson }) {
  const { event, diff } = audit;
  if (event === 'created')
    return (
      <p>
        The record that was created <Time iso={audit.createdAt} /> will be deleted.
      </p>
    );
  if (event === 'deleted')
    return (
      <p>
        The record that was deleted <Time iso={audit.createdAt} /> will be there again.
      </p>
    );
  if (event === 'restored')
    return (
      <p>
        The record that was restored <Time iso={audit.createdAt} /> will be deleted.
      </p>
    );
  return (
    <>
      <p>
        What was changed <Time iso={audit.createdAt} /> goes back to what it was:
      </p>
      <ul class="summary">
        {diff.slice(0, PLACES_SHOWN).map(({ path, kind, before, after }, index) => (
          <li key={index}>
            <Place difference={{ path, kind: opposite(kind), before: after, after: before }} />
          </li>
        ))}
        {diff.length > PLACES_SHOWN && (
          <li class="muted">and {counted(diff.length - PLACES_SHOWN, 'other place')}</li>
        )}
      </ul>
    </>
  );
}

function opposite(kind: 'added' | 'removed' | 'changed'): 'added' | 'removed' | 'changed' {
  if (kind === 'changed') return kind;
  return kind === 'added' ? 'removed' : 'added';
}
