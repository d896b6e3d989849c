import { Link } from 'wouter-preact';

import { PLAIN_VIEW } from '../../address/record-view';
import type { RecordView } from '../../address/record-view';
import type { AuditsJson, Reverted } from '../../api/types';
import type { Paged } from '../../api/use-paged';
import { useMe } from '../../api/me';
import { More } from '../../entries/more';
import { Announcer } from '../../parts/announcer';
import { Failure } from '../../parts/failure';
import { Loading } from '../../parts/loading';
import { Notice } from '../../parts/notice';
import { Text } from '../../parts/text';
import { counted } from '../../values/numbers';
import { nearest } from '../../values/nearest';
import { TimelineEntry } from './timeline-entry';
import { TimelineFilter } from './timeline-filter';

interface Props {
  readonly model: string;
  readonly id: string;
  readonly paged: Paged<AuditsJson>;
  readonly view: RecordView;
  readonly show: (change: Partial<RecordView>) => void;
  readonly onDone: (done: Reverted) => void;
}

/** The changes of a record, the newest first. */
export function Timeline({ model, id, paged, view, show, onDone }: Props) {
  const audits = paged.pages.flatMap((page) => page.audits);
  const isEmpty = audits.length === 0 && !paged.loading && !paged.error && !paged.hasMore;
  return (
    <section class="timeline" aria-labelledby="timeline-title">
      <header>
        <h2 id="timeline-title">What happened</h2>
        <TimelineFilter audits={audits} view={view} show={show} />
      </header>
      <Announcer>{paged.loading ? 'Loading changes' : `${counted(audits.length, 'change')} shown`}</Announcer>
      {paged.error && audits.length === 0 && <Failure error={paged.error} retry={paged.reload} />}
      {paged.loading && audits.length === 0 && <Loading />}
      {isEmpty && <Nothing model={model} id={id} view={view} show={show} />}
      <ol>
        {audits.map((audit, index) => (
          <TimelineEntry
            key={audit.id}
            audit={audit}
            isChild={audit.auditableType !== model || audit.auditableId !== id}
            isLatest={index === 0}
            view={view}
            show={show}
            onDone={onDone}
          />
        ))}
      </ol>
      <More paged={paged} what="older changes" />
    </section>
  );
}

function Nothing({ model, id, view, show }: Pick<Props, 'model' | 'id' | 'view' | 'show'>) {
  const me = useMe();
  if (view.attribute !== '') {
    return (
      <Notice icon="search" title="No change of this attribute">
        <button type="button" class="quiet" onClick={() => show(PLAIN_VIEW)}>
          Show all changes of the record
        </button>
      </Notice>
    );
  }
  const isKnown = me === null || me.models.includes(model);
  const close = isKnown ? undefined : nearest(model, me.models);
  return (
    <Notice icon="empty" title="The trail knows nothing of this record">
      {close !== undefined && (
        <p>
          There is no model <Text value={model} /> in it. Did you mean{' '}
          <Link href={`/record/${encodeURIComponent(close)}/${encodeURIComponent(id)}`}>
            <Text value={`${close} ${id}`} />
          </Link>
          ?
        </p>
      )}
      <p class="muted">
        Check the id, or look through{' '}
        <Link href={`/?model=${encodeURIComponent(model)}`}>all changes of the model</Link>. What happened
        before it was audited is not known.
      </p>
    </Notice>
  );
}
