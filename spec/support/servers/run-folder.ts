import { chmodSync, chownSync, mkdtempSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Account } from './account';
import { Guard } from './guard';

/**
 * The one folder that holds all that a run writes to the disk, and the guard that removes it. It comes into
 * being with its first use, so that a run of unit specs leaves no trace.
 */
let run: { root: string; guard: Guard } | undefined;

/** A new, empty folder of its own inside the run's folder; it belongs to `owner`, where one is given. */
export function newFolder(name: string, owner?: Account): string {
  const folder = mkdtempSync(path.join(current().root, `${name}-`));
  if (owner) {
    chownSync(folder, owner.uid, owner.gid);
  }
  return folder;
}

/** Notes a shell command that undoes something, for the case that the run ends before it is undone properly. */
export function noteUndo(command: string): () => void {
  return current().guard.note(command);
}

/** Ends what is still running and removes all that the run wrote. */
export function removeRunFolder(): void {
  run?.guard.release();
  run = undefined;
}

function current(): { root: string; guard: Guard } {
  if (!run) {
    const root = mkdtempSync(path.join(base(), 'audit-spec-'));
    // A server that gave up root's rights has to get through here to the folder that is its own.
    chmodSync(root, 0o711);
    run = { root, guard: new Guard(root) };
  }
  return run;
}

/** Root's temporary folder may be closed to the account that a server runs as; /var/tmp hardly ever is. */
function base(): string {
  const candidates = [os.tmpdir(), '/var/tmp', '/tmp'];
  return (process.getuid?.() === 0 && candidates.find(isOpenToAll)) || os.tmpdir();
}

function isOpenToAll(folder: string): boolean {
  const mode = statSync(folder, { throwIfNoEntry: false })?.mode ?? 0;
  const parent = path.dirname(folder);
  return (mode & 0o001) !== 0 && (parent === folder || isOpenToAll(parent));
}
