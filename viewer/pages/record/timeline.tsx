import type { RecordView } from '../../address/record-view';
import type { AuditsJson, Reverted } from '../../api/types';
import type { Paged } from '../../api/use-paged';
import { More } from '../../entries/more';
import { Announcer } from '../../parts/announcer';
import { Failure } from '../../parts/failure';
import { Loading } from '../../parts/loading';
import { counted } from '../../values/numbers';
import { NoHistory } from './no-history';
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
  const isUnknown = paged.error?.status === 404;
  const isFailure = audits.length === 0 && !isUnknown;
  const isEmpty = audits.length === 0 && !paged.loading && (!paged.error || isUnknown) && !paged.hasMore;
  return (
    <section class="timeline" aria-labelledby="timeline-title">
      <header>
        <h2 id="timeline-title">What happened</h2>
        <TimelineFilter audits={audits} view={view} show={show} />
      </header>
      <Announcer>{paged.loading ? 'Loading changes' : `${counted(audits.length, 'change')} shown`}</Announcer>
      {isFailure && paged.error && <Failure error={paged.error} retry={paged.reload} />}
      {paged.loading && audits.length === 0 && <Loading />}
      {isEmpty && <NoHistory model={model} id={id} view={view} show={show} said={paged.error?.message} />}
      <ol>
        {audits.map((audit, index) => (
          <TimelineEntry
            key={audit.id}
            model={model}
            id={id}
            audit={audit}
            isLatest={index === 0 && view.attribute === ''}
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
