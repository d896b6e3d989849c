import fs from 'node:fs';
import path from 'node:path';

import { AuditError, messageOf } from '../errors';

/** What lies where below AUDIT_DIR. */
export interface Directories {
  /** Every captured record enters here first. */
  readonly journal: string;
  /** Records of transactions with `durability: 'strict'`, from before COMMIT until they are in the journal. */
  readonly prepared: string;
  /** Such records of which the database cannot tell whether they were committed, each with the reason. */
  readonly unconfirmed: string;
  /** Records that a worker took from Redis while the database was down. */
  readonly rescue: string;
  /** Records that the database refuses, each with the reason. */
  readonly buried: string;
  /** Bytes that are no records. */
  readonly damaged: string;
}

export function directoriesOf(dir: string): Directories {
  return {
    journal: path.join(dir, 'journal'),
    prepared: path.join(dir, 'prepared'),
    unconfirmed: path.join(dir, 'unconfirmed'),
    rescue: path.join(dir, 'rescue'),
    buried: path.join(dir, 'buried'),
    damaged: path.join(dir, 'damaged'),
  };
}

/** Makes the directory. Throws AUDIT_DIRECTORY if it cannot be written. */
export function assertWritable(dir: string): void {
  try {
    fs.mkdirSync(dir, { recursive: true, mode: 0o700 });
    fs.accessSync(dir, fs.constants.W_OK);
  } catch (error) {
    throw new AuditError(
      'AUDIT_DIRECTORY',
      `The directory ${dir} for journal and rescue files cannot be written (${messageOf(error)}). ` +
        'Make it writable, or name another with the option "dir" or AUDIT_DIR.',
      { cause: error },
    );
  }
}
