import { useMemo } from 'preact/hooks';

import type { StatusJson } from '../../api/status';
import { Failure } from '../../parts/failure';
import { Loading } from '../../parts/loading';
import { PageHead } from '../../parts/page-head';
import { Time } from '../../parts/time';
import { Charts } from './charts';
import { Figures } from './figures';
import { sampleOf } from './sample';
import { Troubles } from './troubles';
import { Upkeep } from './upkeep';
import { usePolling } from './use-polling';
import { WorkersTable } from './workers-table';

const EVERY_MS = 2_000;
/** Ten minutes. */
const KEPT = 300;

/** Buffer and workers as they are now, and how they were since the page was opened. */
export function LivePage() {
  const { answers, error, ask } = usePolling<StatusJson>('api/status', EVERY_MS, KEPT);
  const samples = useMemo(() => answers.map(sampleOf), [answers]);
  const last = answers.at(-1);
  return (
    <>
      <PageHead title="Live">
        {last && (
          <p>
            As of <Time iso={last.now} form="long" />
          </p>
        )}
      </PageHead>
      {error && <Failure error={error} retry={ask} />}
      {!last && !error && <Loading />}
      {last && (
        <div class={error ? 'stale' : ''}>
          <Troubles status={last.status} />
          <Figures status={last.status} />
          <Charts samples={samples} />
          <WorkersTable workers={last.status.workers} driver={last.status.driver} />
          <Upkeep status={last.status} />
        </div>
      )}
    </>
  );
}
