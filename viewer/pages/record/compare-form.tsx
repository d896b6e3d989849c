import { useEffect, useState } from 'preact/hooks';

import { momentOf, momentText } from '../../address/record-view';
import type { RecordView } from '../../address/record-view';
import type { AuditJson } from '../../api/types';
import { usePreferences } from '../../preferences/preferences';
import { shortTime } from '../../time/words';
import { allSeen } from '../../values/unseen';

type Compare = NonNullable<RecordView['compare']>;

interface Props {
  readonly audits: readonly AuditJson[];
  readonly compare: Compare | null;
  readonly onCompare: (compare: Compare) => void;
}

/** Asks for two points to be compared: after one of the changes, or now. */
export function CompareForm({ audits, compare, onCompare }: Props) {
  const asked = {
    from: compare ? momentText(compare.from) : '',
    to: compare ? momentText(compare.to) : 'now',
  };
  const [from, setFrom] = useState(asked.from);
  const [to, setTo] = useState(asked.to);
  useEffect(() => setFrom(asked.from), [asked.from]);
  useEffect(() => setTo(asked.to), [asked.to]);
  const onSubmit = (event: Event): void => {
    event.preventDefault();
    if (from !== '') onCompare({ from: momentOf(from), to: momentOf(to) });
  };
  return (
    <form class="tool" onSubmit={onSubmit}>
      <Point label="Compare" name="from" value={from} onValue={setFrom} audits={audits} />
      <Point label="with" name="to" value={to} onValue={setTo} audits={audits} />
      <button type="submit" class="quiet">
        Compare
      </button>
    </form>
  );
}

interface PointProps {
  readonly label: string;
  readonly name: 'from' | 'to';
  readonly value: string;
  readonly onValue: (value: string) => void;
  readonly audits: readonly AuditJson[];
}

function Point({ label, name, value, onValue, audits }: PointProps) {
  const { now, writing } = usePreferences();
  const isListed = value === '' || value === 'now' || audits.some(({ id }) => id === value);
  return (
    <label class="field">
      <span>{label}</span>
      <select name={name} required value={value} onChange={(event) => onValue(event.currentTarget.value)}>
        {name === 'from' ? <option value="">choose …</option> : <option value="now">now</option>}
        {!isListed && <option value={value}>{value}</option>}
        {audits.map((audit) => (
          <option key={audit.id} value={audit.id}>
            after {allSeen(audit.event)}, {shortTime(audit.createdAt, now, writing)}
          </option>
        ))}
      </select>
    </label>
  );
}
