import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';

import { messageOf } from '../../errors';
import type { Logger } from '../../logger';
import type { Damage } from './lane-reader';

/**
 * Keeps damaged bytes in a file of their own, for a person to look at, and says so in the log.
 * Returns the handler to give to readers.
 */
export function settingAside(directory: string, logger: Logger): (damage: Damage) => void {
  return (damage) => {
    const { file, offset, bytes } = damage;
    // Of segments, lanes' directories carry the name; the uuid keeps two of a kind apart.
    const name = `${path.basename(path.dirname(file))}-${path.basename(file, '.journal')}-${offset}-${randomUUID()}.damaged`;
    const kept = path.join(directory, name);
    try {
      fs.mkdirSync(directory, { recursive: true, mode: 0o700 });
      fs.writeFileSync(kept, bytes, { flag: 'wx', mode: 0o600 });
      logger.error(`${bytes.length} damaged bytes at ${offset} of ${file} were set aside in ${kept}.`);
    } catch (error) {
      const reason = messageOf(error);
      logger.error(
        `${bytes.length} damaged bytes at ${offset} of ${file} were skipped; keeping them failed: ${reason}`,
      );
    }
  };
}
