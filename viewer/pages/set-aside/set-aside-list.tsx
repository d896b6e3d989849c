import type { SetAsideJson, SetAsidesJson } from '../../api/types';
import { usePaged } from '../../api/use-paged';
import { Entry } from '../../entries/entry';
import { More } from '../../entries/more';
import { Failure } from '../../parts/failure';
import { Loading } from '../../parts/loading';
import { Text } from '../../parts/text';
import { Time } from '../../parts/time';

interface Props {
  readonly path: string;
  readonly title: string;
  readonly lead: string;
  /** What is said where there are none. */
  readonly nothing: string;
}

/** Records of one kind, and why they lie there. */
export function SetAsideList({ path, title, lead, nothing }: Props) {
  const paged = usePaged<SetAsidesJson>(path);
  const records = paged.pages.flatMap((page) => page.records);
  const isEmpty = records.length === 0 && !paged.loading && !paged.error && !paged.hasMore;
  return (
    <section class="group">
      <h2>{title}</h2>
      {isEmpty ? <p class="good">{nothing}</p> : <p class="muted">{lead}</p>}
      {paged.error && records.length === 0 && <Failure error={paged.error} retry={paged.reload} />}
      {paged.loading && records.length === 0 && <Loading lines={2} />}
      {records.length > 0 && (
        <ol class="entries" aria-label={`${title} records`}>
          {records.map((record) => (
            <li key={record.id}>
              <Reason record={record} />
              <Entry audit={record} />
            </li>
          ))}
        </ol>
      )}
      <More paged={paged} what="more" />
    </section>
  );
}

function Reason({ record: { reason, buriedAt } }: { record: SetAsideJson }) {
  if (reason === undefined) return null;
  return (
    <p class="why">
      <strong>Refused{buriedAt === undefined ? '' : ' '}</strong>
      {buriedAt !== undefined && <Time iso={buriedAt} />}: <Text value={reason} />
    </p>
  );
}
