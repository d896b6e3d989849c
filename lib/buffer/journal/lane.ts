import fs from 'node:fs';
import path from 'node:path';

import { overwrite, readSmallFile } from './lane-files';
import { livenessOf } from './process-identity';
import type { Liveness, ProcessIdentity } from './process-identity';

/**
 * A journal is a directory of lanes; a lane is a directory that one process appends to and one
 * consumer reads. In a lane: numbered segments, `owner.json` (removed when the writer closes),
 * `lease` (who reads it), `checkpoint` (up to where it is acknowledged).
 */

/** A place between two frames. */
export interface Position {
  readonly segment: number;
  readonly offset: number;
}

export const OWNER_FILE = 'owner.json';
export const LEASE_FILE = 'lease';
const CHECKPOINT_FILE = 'checkpoint';
/** A UUID; whatever else lies in a journal's directory, half-made lanes among it, is none. */
const LANE = /^[0-9a-f-]{36}$/;
/** What a process that was killed while it made a lane leaves behind. */
const HALF_MADE = /^[0-9a-f-]{36}\.new$/;
const HALF_MADE_MS = 3_600_000;
const SEGMENT = /^(\d{10})\.journal$/;
const CHECKPOINT = /^(\d{10}) (\d{15})\n$/;
export const OWNER_HEARTBEAT_MS = 10_000;
const SILENT_MS = 3 * OWNER_HEARTBEAT_MS;
/** After so long without a heartbeat, the owner of a lane counts as dead even where that can't be proved. */
const ABANDONED_MS = 24 * 3_600_000;

export const START: Position = { segment: 0, offset: 0 };

export function isBefore(a: Position, b: Position): boolean {
  return a.segment < b.segment || (a.segment === b.segment && a.offset < b.offset);
}

export function segmentPath(lane: string, segment: number): string {
  return path.join(lane, `${String(segment).padStart(10, '0')}.journal`);
}

/** The lanes of a journal, oldest first; a directory that does not exist has none. */
export function lanesOf(journal: string): string[] {
  return directoriesIn(journal, LANE).sort();
}

/** Removes lanes that were begun long ago and never became one; nothing was written to them. */
export function sweepHalfMade(journal: string): void {
  for (const directory of directoriesIn(journal, HALF_MADE)) {
    const made = fs.statSync(directory, { throwIfNoEntry: false })?.mtimeMs ?? Infinity;
    if (Date.now() - made > HALF_MADE_MS) fs.rmSync(directory, { recursive: true, force: true });
  }
}

/** Numbers of a lane's segments, ascending. */
export function segmentsOf(lane: string): number[] {
  return readDirectory(lane)
    .flatMap(({ name }) => SEGMENT.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => a - b);
}

/** Where the bytes of a lane end for now. */
export function endOf(lane: string): Position {
  const segment = segmentsOf(lane).at(-1);
  if (segment === undefined) return START;
  return { segment, offset: fs.statSync(segmentPath(lane, segment), { throwIfNoEntry: false })?.size ?? 0 };
}

export function readCheckpoint(lane: string): Position {
  try {
    const match = CHECKPOINT.exec(readSmallFile(path.join(lane, CHECKPOINT_FILE)));
    if (!match) return START;
    const position = { segment: Number(match[1]), offset: Number(match[2]) };
    // A damaged checkpoint only means that something is read again; one beyond the end would mean a loss.
    return isBefore(endOf(lane), position) ? START : position;
  } catch {
    return START;
  }
}

/** Of fixed width and written in place: it fits a disk sector, so that it is the old one or the new one. */
export function writeCheckpoint(lane: string, position: Position): void {
  const text = `${String(position.segment).padStart(10, '0')} ${String(position.offset).padStart(15, '0')}\n`;
  overwrite(path.join(lane, CHECKPOINT_FILE), text);
}

/** A power cut may leave an owner file without its text. */
function livenessIn(owner: string): Liveness {
  try {
    return livenessOf(JSON.parse(owner) as ProcessIdentity);
  } catch {
    return 'unknown';
  }
}

/**
 * Whether the writer of a lane may still append: `open`; `silent`, if it cannot be proved dead (another
 * container) but shows no sign of life; `closed` by itself; `dead`.
 */
export function writerOf(lane: string): 'open' | 'silent' | 'closed' | 'dead' {
  const file = path.join(lane, OWNER_FILE);
  try {
    const liveness = livenessIn(readSmallFile(file));
    if (liveness !== 'unknown') return liveness === 'alive' ? 'open' : 'dead';
    const age = Date.now() - fs.statSync(file).mtimeMs;
    if (age > ABANDONED_MS) return 'dead';
    return age > SILENT_MS ? 'silent' : 'open';
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'closed' : 'open';
  }
}

function directoriesIn(directory: string, pattern: RegExp): string[] {
  return readDirectory(directory)
    .filter((entry) => entry.isDirectory() && pattern.test(entry.name))
    .map(({ name }) => path.join(directory, name));
}

function readDirectory(directory: string): fs.Dirent[] {
  try {
    return fs.readdirSync(directory, { withFileTypes: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
