import fs from 'node:fs';
import path from 'node:path';

import type { Depth } from '../buffer/contract';
import { openJournal } from '../buffer/open';
import type { Settings } from '../config';

/** Records in files of this host. */
export type Waiting = Pick<Depth, 'records' | 'bytes'>;

/** What waits in a directory of the journal's form, and since when. It is only looked at: others may be reading it. */
export async function recordsIn(
  settings: Settings,
  directory: string,
): Promise<Waiting & Pick<Depth, 'oldest'>> {
  const source = openJournal(settings, directory);
  const { records, bytes, oldest } = await source.depth();
  await source.close();
  return { records, bytes, oldest };
}

/** The files of a directory, which need not be there, and their size in bytes. */
export function filesIn(directory: string): { file: string; bytes: number }[] {
  if (!fs.existsSync(directory)) return [];
  return fs
    .readdirSync(directory)
    .sort()
    .map((file) => ({ file, bytes: fs.statSync(path.join(directory, file)).size }));
}
