import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

import { noteUndo } from '../../spec/support/servers/run-folder';

/** A disk of some MiB, mounted at a folder, that another program fills. */
export class SmallDisk {
  private readonly filler: string;

  private constructor(
    private readonly folder: string,
    private readonly forget: () => void,
  ) {
    this.filler = path.join(folder, 'filler');
  }

  /** Whether this machine lets us mount one. */
  static isPossible(): boolean {
    return spawnSync('unshare', ['--mount', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt']).status === 0;
  }

  static mount(folder: string, mebibytes: number): SmallDisk {
    fs.mkdirSync(folder, { mode: 0o700 });
    const forget = noteUndo(`umount -l '${folder}'`);
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${mebibytes}m,mode=700`, 'tmpfs', folder]);
    return new SmallDisk(folder, forget);
  }

  /** Nothing more has room. */
  fill(): void {
    const { bavail, bsize } = fs.statfsSync(this.folder);
    // Others write meanwhile: what of it has no room is no matter.
    const fd = fs.openSync(this.filler, 'a');
    try {
      for (let left = bavail * bsize; left > 0; left -= 65_536)
        fs.writeSync(fd, Buffer.alloc(Math.min(left, 65_536)));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
    } finally {
      fs.closeSync(fd);
    }
  }

  giveRoom(): void {
    fs.rmSync(this.filler, { force: true });
  }

  unmount(): void {
    execFileSync('umount', ['-l', this.folder]);
    this.forget();
  }
}
