import type { RecordView } from '../../address/record-view';
import type { AuditJson } from '../../api/types';
import { CompareForm } from './compare-form';
import { StateForm } from './state-form';

interface Props {
  readonly audits: readonly AuditJson[];
  readonly view: RecordView;
  readonly show: (change: Partial<RecordView>) => void;
}

/** What can be asked of a record beside its timeline. */
export function RecordTools({ audits, view, show }: Props) {
  return (
    <div class="tools">
      <StateForm moment={view.moment} onMoment={(moment) => show({ moment, compare: null })} />
      <CompareForm
        audits={audits}
        compare={view.compare}
        onCompare={(compare) => show({ compare, moment: null })}
      />
    </div>
  );
}
