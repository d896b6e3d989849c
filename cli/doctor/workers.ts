import type { TrailStatus } from '../../lib/status/trail-status';
import type { WorkerState } from '../../lib/storage/workers';
import type { AuditTrail } from '../../lib/trail/trail';
import { printable, shortened } from '../output';
import { workerName } from '../worker-name';
import { fail, ok, warn } from './check';
import type { Check } from './check';

/** A complaint of the last minutes is worth looking at; an older one is over. */
const RECENT_MS = 60_000;

/** Who is at work; undefined where that cannot be read, which other checks tell. */
export function workers(_trail: AuditTrail, status: TrailStatus): Check | undefined {
  const name = 'workers';
  if (!status.workers) return undefined;
  const atWork = status.workers.filter((worker) => worker.atWork);
  const silent = status.workers.filter((worker) => !worker.atWork);
  const gone = silent.map((worker) => `${workerName(worker)} silent since ${worker.seenAt.toISOString()}`);
  if (atWork.length === 0 && status.oldestWaiting !== null)
    return fail(
      name,
      ['no worker is at work, and records wait', ...gone].join('; '),
      'Start one: startAuditWorker() or "audit work", with driver embedded on this host. If one runs, see its log.',
    );
  const there =
    atWork.length === 0 ? ['none; nothing waits'] : atWork.map((worker) => `${workerName(worker)} at work`);
  const complaints = atWork.flatMap((worker) => complaintOf(worker) ?? []);
  const detail = [...there, ...gone, ...complaints].join('; ');
  if (gone.length > 0)
    return warn(
      name,
      detail,
      'It was killed, or does not reach the database. Start it again; if it is not wanted any more, it is forgotten after an hour.',
    );
  if (complaints.length > 0) return warn(name, detail, "See the worker's log.");
  return ok(name, detail);
}

function complaintOf({ lastError, seenAt, ...worker }: WorkerState): string | undefined {
  // By the database's clock, which gave both.
  if (!lastError || seenAt.getTime() - lastError.at.getTime() > RECENT_MS) return undefined;
  return `${workerName(worker)} says: ${printable(shortened(lastError.message, 200))}`;
}
