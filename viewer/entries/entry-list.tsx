import type { AuditJson } from '../api/types';
import { Entry } from './entry';
import type { EntryStyle } from './entry';

interface Props extends EntryStyle {
  readonly audits: readonly AuditJson[];
  readonly label: string;
}

/** Audits below each other. */
export function EntryList({ audits, label, ...style }: Props) {
  return (
    <ol class="entries" aria-label={label}>
      {audits.map((audit) => (
        <li key={audit.id}>
          <Entry audit={audit} {...style} />
        </li>
      ))}
    </ol>
  );
}
