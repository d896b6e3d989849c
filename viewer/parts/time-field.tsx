import { usePreferences } from '../preferences/preferences';
import { fieldOf, isoOf } from '../time/fields';

interface Props {
  readonly label: string;
  readonly name: string;
  /** ISO, or empty. */
  readonly iso: string;
  readonly required?: boolean;
  readonly onIso: (iso: string) => void;
}

/** A labelled field for a time in the reader's zone. */
export function TimeField({ label, name, iso, required = false, onIso }: Props) {
  const { zone } = usePreferences();
  return (
    <label class="field">
      <span>
        {label} <small class="muted">{zone === 'utc' ? 'UTC' : 'your time'}</small>
      </span>
      <input
        type="datetime-local"
        name={name}
        step={1}
        required={required}
        value={fieldOf(iso, zone)}
        onChange={(event) => onIso(isoOf(event.currentTarget.value, zone))}
      />
    </label>
  );
}
