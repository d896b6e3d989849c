import type { Batch } from '../lib/record/batch';
import { COLUMNS, decodeLine, WIRE_VERSION } from '../lib/record/wire';
import type { Row } from '../lib/record/wire';
import { decideUnconfirmed, readUnconfirmed } from '../lib/trail/strict/unconfirmed';
import type { ExitStatus } from './failure';
import { printable, records, shortened } from './output';
import type { Session } from './session';

export const DECISIONS = ['accept', 'discard'] as const;
export type Decision = (typeof DECISIONS)[number];

/** An unconfirmed record, as `audit recover --unconfirmed --json` prints it. */
interface Listed {
  id: string | null;
  event: string | null;
  auditableType: string | null;
  auditableId: string | null;
  oldValues: string | null;
  newValues: string | null;
  createdAt: string | null;
  reason: string;
}

/** More of them nobody reads, and all must fit into memory. */
const LISTED_AT_MOST = 1_000;
/** Of each line in a cell; --json shows all of it. */
const LONGEST = 1_000;

/** Lists unconfirmed records, or does with all of them what a person has decided. */
export function recoverUnconfirmed(
  { trail, output }: Session<object>,
  decision: true | 'list' | Decision,
): ExitStatus {
  if (decision === 'accept' || decision === 'discard') {
    const count = decideUnconfirmed(trail.settings, decision);
    output.result({ [decision === 'accept' ? 'accepted' : 'discarded']: count }, () =>
      decision === 'accept'
        ? `Accepted ${records(count)}; a worker stores them.`
        : `Discarded ${records(count)}.`,
    );
    return 0;
  }
  const listed: Listed[] = [];
  let count = 0;
  for (const { reason, batch } of readUnconfirmed(trail.settings)) {
    count += batch.count;
    if (listed.length < LISTED_AT_MOST) listed.push(...rowsOf(batch).map((row) => listedOf(row, reason)));
  }
  output.result({ records: count, unconfirmed: listed }, () =>
    count === 0 ? 'No record is unconfirmed.' : output.table(listed.map(rowOf)),
  );
  return 0;
}

/** Whatever lies there is listed, also lines that are no records. */
function rowsOf(batch: Batch): Row[] {
  const rows = batch.texts().map((text) => decodeLine(text.slice(0, -1)));
  // Whatever the version, the first field is the id.
  return batch.version === WIRE_VERSION ? rows : rows.map(([id = null]) => [id]);
}

function listedOf(row: readonly (string | null)[], reason: string): Listed {
  const of = (column: (typeof COLUMNS)[number]): string | null => row[COLUMNS.indexOf(column)] ?? null;
  return {
    id: of('id'),
    event: of('event'),
    auditableType: of('auditable_type'),
    auditableId: of('auditable_id'),
    oldValues: of('old_values'),
    newValues: of('new_values'),
    createdAt: of('created_at'),
    reason,
  };
}

function rowOf(record: Listed): string[] {
  const { createdAt, event, auditableType, auditableId, oldValues, newValues, reason } = record;
  const what = `${event ?? '?'} ${auditableType ?? '?'} ${auditableId ?? '?'}`;
  const changed = `${oldValues ?? 'nothing'} → ${newValues ?? 'nothing'}`;
  return [
    printable(createdAt ?? '?'),
    [what, changed, reason].map((part) => printable(shortened(part, LONGEST))).join('\n'),
  ];
}
