import fs from 'node:fs';

/** The most of RSS in the life of a process so far, in bytes: Linux remembers it. Undefined elsewhere, and of a process that is gone. */
export function residentPeak(pid: number | 'self'): number | undefined {
  try {
    const kilobytes = /^VmHWM:\s+(\d+)/m.exec(fs.readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1];
    return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
  } catch {
    return undefined;
  }
}
