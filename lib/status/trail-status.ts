import type { Depth } from '../buffer/contract';
import { directoriesOf } from '../buffer/directories';
import type { DriverName } from '../options';
import { earliest } from '../record/id-time';
import type { AuditTrail } from '../trail/trail';
import { bufferStatus, journalLimitStatus } from './buffer-status';
import type { BufferStatus, JournalLimitStatus } from './buffer-status';
import { databaseStatus } from './database-status';
import type { DatabaseStatus } from './database-status';
import { filesIn, recordsIn } from './files-status';
import type { Waiting } from './files-status';

/** What is stored, what waits where, and who is at work: what `audit status --json` prints. */
export interface TrailStatus extends DatabaseStatus {
  driver: DriverName;
  directory: string;
  /** Null for driver `sync`, which has none. */
  buffer: BufferStatus | null;
  /** Driver `redis`: what lies in this host's journal and is not known to be stored, shipped or not. */
  journal: Waiting | null;
  journalLimit: JournalLimitStatus | null;
  rescue: Waiting;
  buried: Waiting;
  /** Of strict models: what is being committed, or was when its process was killed and is not settled yet. */
  prepared: Waiting;
  /** Of those: what nobody can tell of. */
  unconfirmed: Waiting;
  damaged: { file: string; bytes: number }[];
  /**
   * Of the records that are not yet stored, buried ones aside, the one that was captured first, and its age. Null if
   * there is none. The one number to raise an alarm on.
   */
  oldestWaiting: { createdAt: Date; seconds: number } | null;
}

/** Looks at database, buffer and files. What cannot be reached is told as such; nothing is thrown for it. */
export async function readStatus(trail: AuditTrail): Promise<TrailStatus> {
  const { settings } = trail;
  const { journal, rescue, buried, prepared, unconfirmed, damaged } = directoriesOf(settings.dir);
  const [database, inBuffer] = await Promise.all([databaseStatus(trail), bufferStatus(settings)]);
  const inJournal = settings.driver === 'redis' ? await recordsIn(settings, journal) : null;
  const inRescue = await recordsIn(settings, rescue);
  const oldest = earliest([inBuffer?.oldest, inJournal?.oldest, inRescue.oldest]);
  return {
    ...database,
    driver: settings.driver,
    directory: settings.dir,
    buffer: inBuffer && without(inBuffer),
    journal: inJournal && without(inJournal),
    journalLimit: await journalLimitStatus(settings),
    rescue: without(inRescue),
    buried: without(await recordsIn(settings, buried)),
    prepared: without(await recordsIn(settings, prepared)),
    unconfirmed: without(await recordsIn(settings, unconfirmed)),
    damaged: filesIn(damaged),
    oldestWaiting: oldest && {
      createdAt: oldest,
      // The clock of the host that captured it may be ahead of ours.
      seconds: Math.max(0, Math.round((Date.now() - oldest.getTime()) / 1000)),
    },
  };
}

function without<T extends Pick<Depth, 'oldest'>>(found: T): Omit<T, 'oldest'> {
  const rest: Omit<T, 'oldest'> & { oldest?: Date | null } = { ...found };
  delete rest.oldest;
  return rest;
}
