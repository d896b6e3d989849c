import { directoriesOf } from '../../buffer/directories';
import { withoutPasswords } from '../../server-urls';
import { auditsJson } from '../audit-page';
import { Parameters } from '../parameters';
import { recordRead } from '../reads';
import { setAsidePage } from '../set-aside';
import type { AuditJson } from '../shown-record';
import type { Visit } from '../visit';
import { assertWholeAccess } from './status';

const PAGE = 50;

/** `buriedAt`: when it was put there last. */
export type SetAsideJson = AuditJson & { readonly reason?: string; readonly buriedAt?: string };

export interface SetAsidesJson {
  readonly records: readonly SetAsideJson[];
  readonly next: string | null;
}

/** `GET api/rescue`: records that wait on the worker's disk until the database is back. */
export function rescued(visit: Visit): Promise<SetAsidesJson> {
  return setAside(visit, 'rescue');
}

/** `GET api/buried`: records that the database refuses, each with what it said. */
export function buried(visit: Visit): Promise<SetAsidesJson> {
  return setAside(visit, 'buried');
}

async function setAside(visit: Visit, kind: 'rescue' | 'buried'): Promise<SetAsidesJson> {
  const asked = new Parameters(visit.call.search, ['after']);
  assertWholeAccess(visit);
  const { dir, logger } = visit.trail.settings;
  const page = await setAsidePage(directoriesOf(dir)[kind], asked.text('after'), PAGE, logger);
  const audits = await auditsJson(
    visit,
    page.records.map(({ fields }) => fields),
  );
  await recordRead(visit, { type: null, id: null }, { [kind]: page.records.length });
  const records = audits.map((audit, index) => {
    const { at, reason } = page.records[index]!;
    // It is not in the table, so that it cannot be taken back from there.
    const shown = { ...audit, canRevert: false };
    if (kind === 'rescue') return shown;
    return { ...shown, reason: withoutPasswords(reason), ...(at === null ? {} : { buriedAt: at }) };
  });
  return { records, next: page.next };
}
