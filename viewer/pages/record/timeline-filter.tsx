import type { RecordView } from '../../address/record-view';
import type { AuditJson } from '../../api/types';
import { attributesOf } from '../../values/entries';
import { allSeen } from '../../values/unseen';

interface Props {
  readonly audits: readonly AuditJson[];
  readonly view: RecordView;
  readonly show: (change: Partial<RecordView>) => void;
}

/** Narrows the timeline to one attribute, or widens it to what belongs to the record. */
export function TimelineFilter({ audits, view, show }: Props) {
  const names = new Set(
    audits.flatMap(({ oldValues, newValues }) => [
      ...attributesOf(oldValues).keys(),
      ...attributesOf(newValues).keys(),
    ]),
  );
  if (view.attribute !== '') names.add(view.attribute);
  return (
    <div class="tool timeline-filter">
      <label class="field">
        <span class="hidden">Changes of</span>
        <select
          name="attribute"
          value={view.attribute}
          onChange={(event) => show({ attribute: event.currentTarget.value })}
        >
          <option value="">of all attributes</option>
          {[...names].sort().map((name) => (
            <option key={name} value={name}>
              of {allSeen(name)}
            </option>
          ))}
        </select>
      </label>
      <label class="check">
        <input
          type="checkbox"
          name="withChildren"
          checked={view.withChildren}
          onChange={(event) => show({ withChildren: event.currentTarget.checked })}
        />
        with its children
      </label>
    </div>
  );
}
