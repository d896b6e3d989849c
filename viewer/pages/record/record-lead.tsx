import { Link } from 'wouter-preact';

import { encoded } from '../../address/encode';
import type { AuditJson } from '../../api/types';
import { EventBadge } from '../../parts/event-badge';
import { Text } from '../../parts/text';
import { Time } from '../../parts/time';
import { By } from '../../parts/who';
import { counted } from '../../values/numbers';

interface Props {
  readonly audits: readonly AuditJson[];
  readonly model: string;
  /** If only changes of it are shown. */
  readonly attribute: string;
  readonly hasMore: boolean;
}

/** How things stand: the last change, and how many there are. */
export function RecordLead({ audits, model, attribute, hasMore }: Props) {
  const last = audits[0];
  if (!last) return null;
  return (
    <p>
      {attribute === '' ? 'Last' : <Text value={`${attribute} last`} />} <EventBadge event={last.event} />{' '}
      <Time iso={last.createdAt} /> <By person={last} /> ·{' '}
      {hasMore ? `more than ${counted(audits.length, 'change')}` : counted(audits.length, 'change')} ·{' '}
      <Link href={`/?model=${encoded(model)}`}>all of {model}</Link>
    </p>
  );
}
