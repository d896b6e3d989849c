import { Link } from 'wouter-preact';

import { encoded } from '../../address/encode';
import { recordPath } from '../../address/page';
import { PLAIN_VIEW } from '../../address/record-view';
import type { RecordView } from '../../address/record-view';
import { NearestModel } from '../../parts/nearest-model';
import { Notice } from '../../parts/notice';
import { Text } from '../../parts/text';

interface Props {
  readonly model: string;
  readonly id: string;
  readonly view: RecordView;
  readonly show: (change: Partial<RecordView>) => void;
  /** What the server says of it. */
  readonly said?: string | undefined;
}

/** Where the trail has no change of a record, or none of the attribute that was asked for. */
export function NoHistory({ model, id, view, show, said }: Props) {
  if (view.attribute !== '') {
    return (
      <Notice icon="search" title="No change of this attribute">
        <button type="button" class="quiet" onClick={() => show(PLAIN_VIEW)}>
          Show all changes of the record
        </button>
      </Notice>
    );
  }
  return (
    <Notice icon="empty" title="The trail knows nothing of this record">
      {said !== undefined && (
        <p>
          <Text value={said} />
        </p>
      )}
      <NearestModel model={model} pathOf={(close) => recordPath(close, id)} />
      <p class="muted">
        Check the id, or look through <Link href={`/?model=${encoded(model)}`}>all changes of the model</Link>
        . What happened before it was audited is not known.
      </p>
    </Notice>
  );
}
