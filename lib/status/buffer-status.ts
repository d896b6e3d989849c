import type { Depth } from '../buffer/contract';
import { directoriesOf } from '../buffer/directories';
import { bytesWaiting } from '../buffer/journal/journal-limit';
import { openSource } from '../buffer/open';
import type { Settings } from '../config';
import { messageOf } from '../errors';

const MEBIBYTE = 1024 * 1024;

/** What waits where a worker takes records from; `error` says why that is not known. */
export interface BufferStatus {
  records: number | null;
  bytes: number | null;
  /** False where the numbers are estimates. */
  exact: boolean | null;
  error: string | null;
}

/** With the time of the oldest record; null for driver `sync`, which has no buffer. */
export async function bufferStatus(
  settings: Settings,
): Promise<(BufferStatus & Pick<Depth, 'oldest'>) | null> {
  const source = openSource(settings);
  if (!source) return null;
  try {
    return { ...(await source.depth()), error: null };
  } catch (error) {
    return { records: null, bytes: null, exact: null, oldest: null, error: messageOf(error) };
  } finally {
    await source.close();
  }
}

/** How much waits in this host's journal, and how much may, in bytes; `limit` is null for none. */
export interface JournalLimitStatus {
  bytes: number;
  limit: number | null;
}

/** Null for driver `sync`, which has no journal. */
export async function journalLimitStatus(settings: Settings): Promise<JournalLimitStatus | null> {
  if (settings.driver === 'sync') return null;
  const { journal } = directoriesOf(settings.dir);
  return { bytes: await bytesWaiting(journal), limit: settings.journalLimit * MEBIBYTE || null };
}
