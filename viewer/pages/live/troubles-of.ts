import type { TrailStatusJson } from '../../api/status';
import { byteSize, counted } from '../../values/numbers';
import { duration } from '../../time/words';

/** A worker takes what waits at once; what has waited for so long is stuck. */
const STUCK_AFTER_SECONDS = 60;
/** Share of the journal's limit from which the log warns as well. */
const FILLING = 0.5;

/** What needs somebody, in sentences that say what to do. Empty where all is well. */
export function troublesOf(status: TrailStatusJson): string[] {
  const { database, migrations, buffer, journalLimit, oldestWaiting, workers, buried, unconfirmed, damaged } =
    status;
  const troubles: string[] = [];
  if (!database.reachable)
    troubles.push(`The database cannot be reached: ${database.error ?? 'no reason given'}`);
  if (migrations && migrations.pending.length > 0) {
    troubles.push(`${counted(migrations.pending.length, 'migration')} pending: run "audit migrate".`);
  }
  if (buffer?.error) troubles.push(`The buffer cannot be read: ${buffer.error}`);
  const isStuck = oldestWaiting !== null && oldestWaiting.seconds > STUCK_AFTER_SECONDS;
  if (isStuck) {
    const advice = workers?.some(({ atWork }) => atWork)
      ? 'See what the workers complain of.'
      : 'Start a worker: "audit work".';
    troubles.push(`A record has been waiting for ${duration(oldestWaiting.seconds)}. ${advice}`);
  }
  if (journalLimit?.limit && journalLimit.bytes > journalLimit.limit * FILLING) {
    const sizes = `${byteSize(journalLimit.bytes)} of ${byteSize(journalLimit.limit)}`;
    troubles.push(`The journal holds ${sizes}; beyond that records are in memory only. Start more workers.`);
  }
  if (buried.records > 0) {
    troubles.push(`${counted(buried.records, 'record')} refused by the database: see "Set aside".`);
  }
  if (unconfirmed.records > 0) {
    troubles.push(
      `Nobody can tell whether ${counted(unconfirmed.records, 'record')} came to be: run "audit recover".`,
    );
  }
  if (damaged.length > 0)
    troubles.push(`${counted(damaged.length, 'piece')} of damaged journal in ${status.directory}.`);
  return troubles;
}
