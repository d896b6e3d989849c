import type { JSX } from 'preact';

interface Props extends Omit<JSX.InputHTMLAttributes<HTMLInputElement>, 'onInput' | 'label'> {
  readonly label: string;
  readonly name: string;
  readonly value: string;
  readonly onValue: (value: string) => void;
  /** What the browser suggests. */
  readonly suggestions?: readonly string[] | undefined;
}

/** A labelled text field. */
export function Field({ label, name, value, onValue, suggestions, ...input }: Props) {
  const list = suggestions && suggestions.length > 0 ? `${name}-suggestions` : undefined;
  return (
    <label class="field">
      <span>{label}</span>
      <input
        type="text"
        autocomplete="off"
        spellcheck={false}
        name={name}
        value={value}
        {...(list ? { list } : {})}
        {...input}
        onInput={(event) => onValue(event.currentTarget.value)}
      />
      {list && (
        <datalist id={list}>
          {suggestions?.map((suggestion) => (
            <option key={suggestion} value={suggestion} />
          ))}
        </datalist>
      )}
    </label>
  );
}
