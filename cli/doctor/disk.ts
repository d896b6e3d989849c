import fs from 'node:fs';
import path from 'node:path';

import { messageOf } from '../../lib/errors';
import type { TrailStatus } from '../../lib/status/trail-status';
import type { AuditTrail } from '../../lib/trail/trail';
import { fail, ok, warn } from './check';
import type { Check } from './check';

const GIBIBYTE = 1024 ** 3;

/** By the number that Linux gives a file system (statfs(2)): those whose files lie on another machine. */
const NETWORK: ReadonlyMap<number, string> = new Map([
  [0x6969, 'NFS'],
  [0x517b, 'SMB'],
  [0xff534d42, 'CIFS'],
  [0xfe534d42, 'SMB'],
  [0x00c36400, 'CephFS'],
  [0x5346414f, 'AFS'],
  [0x0bd00bd0, 'Lustre'],
  [0x47504653, 'GPFS'],
  [0x01021997, '9p'],
]);
/** A program decides where its files lie. */
const FUSE = 0x65735546;

export interface Disk {
  readonly directory: string;
  /** Of the file system, as statfs tells it on Linux; undefined elsewhere. */
  readonly type: number | undefined;
  readonly freeBytes: number;
}

/** Where journal and rescue files lie, and how much room there is; undefined where nothing will ever lie there. */
export function disk({ settings }: AuditTrail, { driver, directory }: TrailStatus): Check | undefined {
  const place = nearestExisting(settings.dir);
  if (driver === 'sync' && place !== directory) return undefined;
  try {
    const { type, bavail, bsize } = fs.statfsSync(place);
    const isLinux = process.platform === 'linux';
    return judgeDisk({ directory: place, type: isLinux ? type : undefined, freeBytes: bavail * bsize });
  } catch (error) {
    return warn(
      'disk',
      `${place} tells nothing of its disk (${messageOf(error)})`,
      'See by hand that it is local.',
    );
  }
}

/** What is to be said of a disk. */
export function judgeDisk({ directory, type, freeBytes }: Disk): Check {
  const free = `${(freeBytes / GIBIBYTE).toFixed(1)} GiB free`;
  // Numbers above 2^31 come as negative ones from some versions of Node.
  const kind = type === undefined ? undefined : type >>> 0;
  const network = kind === undefined ? undefined : NETWORK.get(kind);
  if (network !== undefined)
    return fail(
      'disk',
      `${directory} is on ${network}, a network file system`,
      'Name a directory on a local disk with AUDIT_DIR: neither fsync nor the locks of the journal hold there.',
    );
  if (kind === FUSE)
    return warn(
      'disk',
      `${directory} is on a FUSE file system, ${free}`,
      'See that its files lie on a local disk; if not, name another directory with AUDIT_DIR.',
    );
  if (freeBytes < GIBIBYTE)
    return warn(
      'disk',
      `${directory}: only ${free}`,
      'Make room: where the disk is full, records are held in memory, up to 16 MiB, and then lost.',
    );
  return ok('disk', `${directory}: ${free}`);
}

function nearestExisting(directory: string): string {
  const above = path.dirname(directory);
  return fs.existsSync(directory) || above === directory ? directory : nearestExisting(above);
}
