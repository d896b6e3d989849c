import { useEffect, useState } from 'preact/hooks';
import { useLocation } from 'wouter-preact';
import { useSearch } from 'wouter-preact/use-browser-location';

import { NO_FILTERS, queryOf } from '../../address/filters';
import { recordPath } from '../../address/page';
import { viewOf, viewQuery } from '../../address/record-view';
import type { RecordView } from '../../address/record-view';
import type { AuditsJson, Reverted } from '../../api/types';
import { usePaged } from '../../api/use-paged';
import { Outcome } from '../../parts/outcome';
import { PageHead } from '../../parts/page-head';
import { outcomeText } from '../../revert/outcome';
import { keyWords } from '../../values/key-words';
import { ComparePanel } from './compare-panel';
import { RecordLead } from './record-lead';
import { RecordTools } from './record-tools';
import { StatePanel } from './state-panel';
import { Timeline } from './timeline';

/** When the trail is asked again after something was put back: a worker brings the record there. */
const ASKED_AGAIN_MS = [1_000, 3_000, 8_000];

/** What happened to a record; its state at any time; two of its states against each other. */
export function RecordPage({ model, id }: { model: string; id: string }) {
  const view = viewOf(useSearch());
  const [, navigate] = useLocation();
  const { attribute, withChildren, moment, compare } = view;
  const filters = { ...NO_FILTERS, model, id, attribute, withChildren };
  const paged = usePaged<AuditsJson>(`api/audits?${queryOf(filters)}&limit=50`);
  const audits = paged.pages.flatMap((page) => page.audits);
  const [outcome, setOutcome] = useState<{ event: string | null; round: number } | null>(null);
  const round = outcome?.round ?? 0;
  const { reload } = paged;
  const onDone = ({ event }: Reverted): void => setOutcome({ event, round: round + 1 });

  useEffect(() => {
    if (outcome?.event == null) return undefined;
    const timers = ASKED_AGAIN_MS.map((wait) => setTimeout(reload, wait));
    return () => timers.forEach(clearTimeout);
  }, [outcome, reload]);

  const show = (change: Partial<RecordView>): void =>
    navigate(recordPath(model, id) + viewQuery({ ...view, ...change }));

  return (
    <>
      <PageHead title={`${model} ${keyWords(id)}`} kicker="Timeline of a record">
        <RecordLead audits={audits} model={model} attribute={attribute} hasMore={paged.hasMore} />
      </PageHead>
      {outcome && <Outcome key={outcome.round} text={outcomeText(outcome.event)} />}
      <RecordTools audits={audits} view={view} show={show} />
      {moment && (
        <StatePanel round={round} model={model} id={id} moment={moment} show={show} onDone={onDone} />
      )}
      {compare && <ComparePanel model={model} id={id} from={compare.from} to={compare.to} show={show} />}
      <Timeline model={model} id={id} paged={paged} view={view} show={show} onDone={onDone} />
    </>
  );
}
