import fs from 'node:fs';

import type { FsyncPolicy } from '../../options';

const INTERVAL_MS = 1_000;
/** Of a directory: it is gone, because its lane was read to its end, or the system knows no fsync of directories. */
const NOTHING_TO_SYNC = new Set(['ENOENT', 'EINVAL', 'EBADF', 'EISDIR', 'EPERM']);

/** When what was appended is brought to disk, so that a power cut loses no more than the policy allows. */
export interface FileSync {
  /** A file was made, and with it these directories have new entries. Throws what the file system throws. */
  opened(directories: readonly string[], fd: number): void;
  /** Something was appended. Throws what the file system throws. */
  appended(fd: number): void;
  /** Nothing more will be appended: the file is closed, at once or when it is on disk. */
  release(fd: number): void;
  /** Ends all that is open: what was appended is on disk when it returns. */
  close(): void;
}

/** `onFailure` is told of what failed after the append had returned: the file's end may be lost at a power cut. */
export function fileSync(policy: FsyncPolicy, onFailure: (error: unknown) => void): FileSync {
  if (policy === 'interval') return new IntervalSync(onFailure);
  return policy === 'always' ? new SyncAtOnce() : new NoSync();
}

/** The operating system writes when it likes to. Killing the process loses nothing. */
class NoSync implements FileSync {
  opened(): void {}

  appended(): void {}

  release(fd: number): void {
    fs.closeSync(fd);
  }

  close(): void {}
}

/** Each append waits for the disk, and the event loop with it. */
class SyncAtOnce implements FileSync {
  opened(directories: readonly string[]): void {
    for (const directory of directories) syncDirectory(directory);
  }

  appended(fd: number): void {
    fs.fdatasyncSync(fd);
  }

  release(fd: number): void {
    fs.closeSync(fd);
  }

  close(): void {}
}

interface OpenFile {
  readonly fd: number;
  isDirty: boolean;
  isReleased: boolean;
}

/**
 * Once a second, in another thread, so that no append waits. One call at a time: a disk that is slow is not
 * asked again before it has answered.
 */
class IntervalSync implements FileSync {
  private timer: NodeJS.Timeout | undefined;
  private readonly files = new Map<number, OpenFile>();
  private readonly directories = new Set<string>();
  /** What the call that runs is about. */
  private busy: OpenFile | undefined;
  private isRunning = false;

  constructor(private readonly onFailure: (error: unknown) => void) {}

  opened(directories: readonly string[], fd: number): void {
    this.files.set(fd, { fd, isDirty: true, isReleased: false });
    for (const directory of directories) this.directories.add(directory);
    this.timer ??= setInterval(() => void this.run(), INTERVAL_MS).unref();
  }

  appended(fd: number): void {
    (this.files.get(fd) as OpenFile).isDirty = true;
  }

  release(fd: number): void {
    (this.files.get(fd) as OpenFile).isReleased = true;
  }

  close(): void {
    clearInterval(this.timer);
    this.timer = undefined;
    for (const directory of this.directories) this.attempt(undefined, () => syncDirectory(directory));
    this.directories.clear();
    for (const file of this.files.values()) {
      // Also where a call runs: it began before what was appended last.
      if (file.isDirty) this.attempt(file, () => fs.fdatasyncSync(file.fd));
      file.isReleased = true;
      // Or its number would be another file's while the call still runs.
      if (file !== this.busy) this.end(file);
    }
  }

  private async run(): Promise<void> {
    if (this.isRunning) return;
    this.isRunning = true;
    for (const directory of this.directories) {
      this.directories.delete(directory);
      await syncDirectoryLater(directory).catch((error: unknown) => this.failed(undefined, error));
    }
    for (const file of this.files.values()) {
      if (file.isDirty) await this.sync(file);
      if (file.isReleased && this.files.has(file.fd)) this.end(file);
    }
    this.isRunning = false;
  }

  private async sync(file: OpenFile): Promise<void> {
    // Before the call: what is appended while it runs is for the next one.
    file.isDirty = false;
    this.busy = file;
    try {
      await new Promise<void>((resolve, reject) => {
        fs.fdatasync(file.fd, (error) => (error ? reject(error) : resolve()));
      });
    } catch (error) {
      this.failed(file, error);
    }
    this.busy = undefined;
  }

  private attempt(file: OpenFile | undefined, work: () => void): void {
    try {
      work();
    } catch (error) {
      this.failed(file, error);
    }
  }

  /**
   * The system tells of a failure once and forgets what it could not write, so that the next call may well
   * succeed (fsync(2), EIO): the file is not asked again.
   */
  private failed(file: OpenFile | undefined, error: unknown): void {
    if (file) file.isDirty = false;
    this.onFailure(error);
  }

  private end(file: OpenFile): void {
    this.files.delete(file.fd);
    fs.closeSync(file.fd);
  }
}

/** A new file survives a power cut only when its directory is on disk too (elastic/beats#3537). */
function syncDirectory(directory: string): void {
  try {
    const fd = fs.openSync(directory, 'r');
    try {
      fs.fsyncSync(fd);
    } finally {
      fs.closeSync(fd);
    }
  } catch (error) {
    passOver(error);
  }
}

async function syncDirectoryLater(directory: string): Promise<void> {
  try {
    const handle = await fs.promises.open(directory, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (error) {
    passOver(error);
  }
}

function passOver(error: unknown): void {
  if (!NOTHING_TO_SYNC.has((error as NodeJS.ErrnoException).code ?? '')) throw error;
}
