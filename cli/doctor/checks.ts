import fs from 'node:fs';

import { messageOf } from '../../lib/errors';
import type { AuditTrail } from '../../lib/trail/trail';
import { records } from '../output';
import type { TrailStatus } from '../../lib/status/trail-status';
import { fail, ok, warn } from './check';
import type { Check } from './check';
import { clock } from './clock';
import { disk } from './disk';
import { grants } from './grants';
import { redis } from './redis';
import { workers } from './workers';

/** Looks at one thing; undefined where the settings leave nothing to look at. */
type Look = (
  trail: AuditTrail,
  status: TrailStatus,
) => Check | Check[] | undefined | Promise<Check | Check[] | undefined>;

/** In the order in which one thing builds on another. */
const LOOKS: readonly Look[] = [
  (_, status) => database(status),
  (_, status) => migrations(status),
  grants,
  clock,
  (_, status) => directory(status),
  disk,
  (_, status) => buffer(status),
  redis,
  workers,
  waiting('rescue', 'rescued while the database was down', 'A worker stores them; or run "audit recover".'),
  waiting(
    'buried',
    'refused by the database',
    'See why with "audit recover --buried"; then mend it, and add --retry.',
  ),
  waiting(
    'unconfirmed',
    'of strict models, of which nobody can tell whether they were committed',
    'See them with "audit recover --unconfirmed"; then accept or discard.',
  ),
  (_, status) => damaged(status),
];

/** Looks at everything, at one thing after the other. */
export async function check(trail: AuditTrail, status: TrailStatus): Promise<Check[]> {
  const checks: Check[] = [];
  for (const look of LOOKS) checks.push(...[(await look(trail, status)) ?? []].flat());
  return checks;
}

function database({ database: { name, reachable, error } }: TrailStatus): Check {
  if (reachable) return ok('database', name);
  const remedy = 'Start it, or check its URL, user, password and rights. Until then records wait.';
  return fail('database', `${name} cannot be used: ${error}`, remedy);
}

function migrations({ migrations: found }: TrailStatus): Check | undefined {
  if (!found) return undefined;
  if (found.pending.length === 0) return ok('migrations', 'up to date');
  return fail('migrations', `pending: ${found.pending.join(', ')}`, 'Run "audit migrate".');
}

function directory({ driver, directory: dir }: TrailStatus): Check | undefined {
  const name = 'directory';
  const stat = fs.statSync(dir, { throwIfNoEntry: false });
  if (!stat)
    return driver === 'sync' ? undefined : ok(name, `${dir} is not there yet; the first record makes it`);
  const remedy = `Run the command as the application's user, or make the directory that user's: AUDIT_DIR.`;
  try {
    fs.accessSync(dir, fs.constants.R_OK | fs.constants.W_OK | fs.constants.X_OK);
  } catch (error) {
    return fail(name, `${dir} cannot be read and written (${messageOf(error)})`, remedy);
  }
  // Windows has other ways to say whose it is.
  const open = process.platform === 'win32' ? 0 : stat.mode & 0o077;
  if (open === 0) return ok(name, dir);
  const mode = (stat.mode & 0o777).toString(8);
  return warn(
    name,
    `${dir} is open to other users (mode ${mode})`,
    `Run chmod 700 ${dir}: it holds what was recorded.`,
  );
}

function buffer({ driver, buffer: found, oldestWaiting }: TrailStatus): Check {
  if (!found) return ok('buffer', 'driver sync: nothing ever waits');
  if (found.error !== null)
    return fail('buffer', found.error, 'Check Redis and its URL. Until then records wait in the journal.');
  const age = oldestWaiting ? `, the oldest for ${oldestWaiting.seconds} seconds` : '';
  const detail = `driver ${driver}: ${found.exact ? '' : 'about '}${records(found.records ?? 0)} wait${age}`;
  if ((oldestWaiting?.seconds ?? 0) <= LATE_SECONDS) return ok('buffer', detail);
  return warn(
    'buffer',
    detail,
    'Start a worker: startAuditWorker() or "audit work"; if one runs, see its log.',
  );
}

/** A worker stores within a second what is not held up by an outage. */
const LATE_SECONDS = 300;

function waiting(name: 'rescue' | 'buried' | 'unconfirmed', what: string, remedy: string): Look {
  return (_, status) => {
    const count = status[name].records;
    return count === 0 ? ok(name, 'none') : warn(name, `${records(count)} ${what}`, remedy);
  };
}

function damaged({ damaged: files }: TrailStatus): Check {
  if (files.length === 0) return ok('damaged', 'none');
  const detail = files.map(({ file, bytes }) => `${file} (${bytes} bytes)`).join(', ');
  return warn(
    'damaged',
    detail,
    'Bytes that are no records. Look at them, and delete them: docs/running-the-worker.md.',
  );
}
