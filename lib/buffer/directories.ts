import fs from 'node:fs';
import path from 'node:path';

import { AuditError, messageOf } from '../errors';
import type { Logger } from '../logger';

const FOR_OTHERS = 0o077;
const WRITABLE_FOR_ALL = 0o002;
const STICKY = 0o1000;

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

/**
 * Makes the directory, and warns of others' rights to what was there before. Throws AUDIT_DIRECTORY if it
 * cannot be written.
 */
export function assertWritable(dir: string, logger: Logger): void {
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
  const open = openToOthers(dir);
  if (open.length === 0) return;
  logger.warn(
    `Other users of this machine may look into or change ${open.join(', ')}. The audit records in there are for ` +
      'the owner alone: run "chmod 700" on it, or name another directory (AUDIT_DIR).',
  );
}

/** What we make is for its owner alone; what was there before is the user's, and left as it is. */
function openToOthers(dir: string): string[] {
  const { journal, rescue, buried, damaged } = directoriesOf(dir);
  const open = [dir, journal, rescue, buried, damaged].filter((each) => permissionsOf(each) & FOR_OTHERS);
  // In one that all may write to, ours can be put aside and another be laid in its place.
  const above = path.dirname(dir);
  const permissions = permissionsOf(above);
  if (permissions & WRITABLE_FOR_ALL && !(permissions & STICKY)) open.push(above);
  return open;
}

/** 0 for what is not there, and where there are no such permissions. */
function permissionsOf(dir: string): number {
  if (process.platform === 'win32') return 0;
  return fs.statSync(dir, { throwIfNoEntry: false })?.mode ?? 0;
}
