import { Link } from 'wouter-preact';

import { recordPath } from '../../address/page';
import { viewQuery, PLAIN_VIEW } from '../../address/record-view';
import type { AuditJson, Reverted } from '../../api/types';
import { RevertButton } from '../../revert/revert-button';

interface Props {
  readonly audit: AuditJson;
  readonly onDone: (done: Reverted) => void;
}

/** Where one can go from an audit, and what one can do. */
export function AuditActions({ audit, onDone }: Props) {
  const { id, auditableType, auditableId } = audit;
  if (auditableType === null || auditableId === null) return null;
  const path = recordPath(auditableType, auditableId);
  return (
    <p class="actions">
      <Link href={path} className="button-link">
        Timeline of the record
      </Link>
      <Link href={path + viewQuery({ ...PLAIN_VIEW, moment: { kind: 'audit', id } })} className="button-link">
        State after this
      </Link>
      <RevertButton audit={audit} onDone={onDone} />
    </p>
  );
}
