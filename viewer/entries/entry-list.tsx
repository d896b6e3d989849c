import type { AuditJson } from '../api/types';
import { Entry } from './entry';

interface Props {
  readonly audits: readonly AuditJson[];
  readonly label: string;
  readonly leaveOut?: 'user' | 'record' | 'together';
  readonly time?: 'short' | 'clock' | 'long';
}

/** Audits below each other. */
export function EntryList({ audits, label, ...entry }: Props) {
  return (
    <ol class="entries" aria-label={label}>
      {audits.map((audit) => (
        <li key={audit.id}>
          <Entry audit={audit} {...entry} />
        </li>
      ))}
    </ol>
  );
}
