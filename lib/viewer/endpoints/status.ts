import { readStatus } from '../../status/trail-status';
import { Parameters } from '../parameters';
import { Refusal } from '../refusal';
import { withoutPasswordsIn } from '../without-passwords-in';
import type { Visit } from '../visit';

/** `GET api/status`: the state of buffer, database and workers. */
export async function status(visit: Visit): Promise<{ now: string; status: unknown }> {
  new Parameters(visit.call.search, []);
  assertWholeAccess(visit);
  // What servers have said of themselves may quote their URLs.
  return { now: new Date().toISOString(), status: withoutPasswordsIn(await readStatus(visit.trail)) };
}

/** Counts and what databases say of records tell of all models. Throws a {@link Refusal}. */
export function assertWholeAccess({ access }: Visit): void {
  if (access.isWhole) return;
  throw new Refusal(
    403,
    'FORBIDDEN',
    'The state of the trail, and what is set aside, are for those who may see all models and attributes.',
  );
}
