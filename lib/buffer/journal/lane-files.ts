import fs from 'node:fs';

const { O_CREAT, O_NOFOLLOW, O_NONBLOCK, O_RDONLY, O_WRONLY } = fs.constants;
/** What lies in a lane may have been put there by anyone: no link leads elsewhere, and no pipe makes us wait. */
const HERE = O_NOFOLLOW | O_NONBLOCK;
const SMALL_BYTES = 4096;

/** For reading. Throws what the file system throws, ELOOP for a link. */
export function openFile(file: string): number {
  return fs.openSync(file, O_RDONLY | HERE);
}

/** The beginning of a file; those that are read by this are much smaller. Throws what the file system throws. */
export function readSmallFile(file: string): string {
  const fd = openFile(file);
  try {
    const bytes = Buffer.alloc(SMALL_BYTES);
    return bytes.toString('utf8', 0, fs.readSync(fd, bytes, 0, bytes.length, 0));
  } finally {
    fs.closeSync(fd);
  }
}

/** Writes over the beginning of a file, which is made if it is not there. Throws what the file system throws. */
export function overwrite(file: string, text: string): void {
  const fd = fs.openSync(file, O_WRONLY | O_CREAT | HERE, 0o600);
  try {
    fs.writeSync(fd, text, 0, 'latin1');
  } finally {
    fs.closeSync(fd);
  }
}
