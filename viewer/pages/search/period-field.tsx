import { useState } from 'preact/hooks';

import { TimeField } from '../../parts/time-field';

interface Props {
  readonly since: string;
  readonly until: string;
  readonly onPeriod: (period: { since: string; until: string }) => void;
}

const HOUR = 3_600_000;
const PERIODS: readonly (readonly [string, number])[] = [
  ['Last hour', HOUR],
  ['Last 24 hours', 24 * HOUR],
  ['Last 7 days', 7 * 24 * HOUR],
  ['Last 30 days', 30 * 24 * HOUR],
];
const ANY = 'any';
const CHOSEN = 'chosen';

/** When: lately, or between two times of one's own. */
export function PeriodField({ since, until, onPeriod }: Props) {
  const [choice, setChoice] = useState(since === '' && until === '' ? ANY : CHOSEN);
  const choose = (name: string): void => {
    setChoice(name);
    const length = PERIODS.find(([label]) => label === name)?.[1];
    if (length !== undefined) onPeriod({ since: new Date(Date.now() - length).toISOString(), until: '' });
    if (name === ANY) onPeriod({ since: '', until: '' });
  };
  return (
    <>
      <label class="field">
        <span>When</span>
        <select name="period" value={choice} onChange={(event) => choose(event.currentTarget.value)}>
          <option value={ANY}>any time</option>
          {PERIODS.map(([label]) => (
            <option key={label} value={label}>
              {label}
            </option>
          ))}
          <option value={CHOSEN}>between …</option>
        </select>
      </label>
      {choice === CHOSEN && (
        <div class="period">
          <TimeField
            label="Since"
            name="since"
            iso={since}
            onIso={(iso) => onPeriod({ since: iso, until })}
          />
          <TimeField
            label="Before"
            name="until"
            iso={until}
            onIso={(iso) => onPeriod({ since, until: iso })}
          />
        </div>
      )}
    </>
  );
}
