import { randomUUID } from 'node:crypto';
import fs from 'node:fs';

import { readSmallFile } from './lane-files';
import { livenessOf, processIdentity } from './process-identity';
import type { ProcessIdentity } from './process-identity';

const HEARTBEAT_MS = 5_000;
/** Of an owner that is not proved dead (another container, a thread that died), a lease is void after so long without a heartbeat. */
const STALE_MS = 30_000;

type Owner = ProcessIdentity & { token: string };

/**
 * A file that says who consumes a lane, so that two workers do not do the same work. It need not be
 * perfect: should two ever hold it at once, records are read twice and stored once.
 */
export class Lease {
  private readonly heartbeat: NodeJS.Timeout;

  private constructor(
    private readonly file: string,
    private readonly token: string,
  ) {
    this.heartbeat = setInterval(() => this.beat(), HEARTBEAT_MS);
    this.heartbeat.unref();
  }

  /** The lease, or undefined while another living owner has it. */
  static acquire(file: string): Lease | undefined {
    const owner: Owner = { ...processIdentity(), token: randomUUID() };
    if (createExclusively(file, owner)) return new Lease(file, owner.token);
    if (!isVoid(file)) return undefined;
    // Only one of several that find it void can rename it away.
    const removed = `${file}.${owner.token}`;
    try {
      fs.renameSync(file, removed);
      fs.rmSync(removed, { force: true });
    } catch {
      return undefined;
    }
    return createExclusively(file, owner) ? new Lease(file, owner.token) : undefined;
  }

  /** False once another has taken the lease over, because this process was frozen for too long. */
  isHeld(): boolean {
    return readOwner(this.file)?.token === this.token;
  }

  release(): void {
    clearInterval(this.heartbeat);
    if (this.isHeld()) fs.rmSync(this.file, { force: true });
  }

  private beat(): void {
    const now = new Date();
    try {
      if (this.isHeld()) fs.lutimesSync(this.file, now, now);
    } catch {
      // The directory may be gone or read-only for now: the worst that follows is a second reader.
    }
  }
}

function createExclusively(file: string, owner: Owner): boolean {
  try {
    fs.writeFileSync(file, JSON.stringify(owner), { flag: 'wx', mode: 0o600 });
    return true;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    // ENOENT: the lane was finished and removed in the meantime.
    if (code === 'EEXIST' || code === 'ENOENT') return false;
    throw error;
  }
}

function isVoid(file: string): boolean {
  const owner = readOwner(file);
  return (owner && livenessOf(owner) === 'dead') || ageOf(file) > STALE_MS;
}

function readOwner(file: string): Owner | undefined {
  try {
    return JSON.parse(readSmallFile(file)) as Owner;
  } catch {
    return undefined;
  }
}

function ageOf(file: string): number {
  try {
    return Date.now() - fs.lstatSync(file).mtimeMs;
  } catch {
    return 0;
  }
}
