import type { ComponentChildren } from 'preact';
import { Link } from 'wouter-preact';

import type { TrailStatusJson } from '../../api/status';
import { duration } from '../../time/words';
import { byteSize, count, roughly } from '../../values/numbers';
import { waitingIn } from './sample';

/** The numbers one looks at first. */
export function Figures({ status }: { status: TrailStatusJson }) {
  const waiting = waitingIn(status);
  const { oldestWaiting, rates, workers, journalLimit, stored, rescue, buried } = status;
  const atWork = workers?.filter((worker) => worker.atWork).length;
  return (
    <dl class="figures">
      <Figure name="Waiting" note={status.buffer?.exact === false ? 'about' : 'records on their way'}>
        {waiting === null ? '?' : count(waiting)}
      </Figure>
      <Figure name="Oldest waiting" note={oldestWaiting ? 'since it was captured' : 'nothing waits'}>
        {oldestWaiting ? duration(oldestWaiting.seconds) : '–'}
      </Figure>
      <Figure
        name="Stored per second"
        note={rates ? `${atLeast(rates.lastMinute)} within the last minute` : 'not known'}
      >
        {rates?.storedPerSecond == null ? '–' : roughly(rates.storedPerSecond)}
      </Figure>
      <Figure name="Workers" note={status.driver === 'sync' ? 'driver sync needs none' : 'at work'}>
        {atWork === undefined ? '?' : count(atWork)}
      </Figure>
      <Figure
        name="Journal"
        note={journalLimit?.limit ? `of ${byteSize(journalLimit.limit)} it may have` : 'on this host'}
      >
        {journalLimit ? byteSize(journalLimit.bytes) : '–'}
      </Figure>
      <Figure name="Stored" note={rates ? `${atLeast(rates.lastHour)} within the last hour` : 'in the table'}>
        {stored ? atLeast(stored) : '?'}
      </Figure>
      <Figure name="Set aside" note={<Link href="/set-aside">rescued or buried</Link>}>
        {count(rescue.records + buried.records)}
      </Figure>
    </dl>
  );
}

function Figure({ name, note, children }: { name: string; note: ComponentChildren; children: string }) {
  return (
    <div class="figure">
      <dt>{name}</dt>
      <dd>
        <span class="big">{children}</span>
        <span class="muted">{note}</span>
      </dd>
    </div>
  );
}

function atLeast({ records, exact }: { records: number; exact: boolean }): string {
  return exact ? count(records) : `${count(records)}+`;
}
