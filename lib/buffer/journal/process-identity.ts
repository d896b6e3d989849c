import fs from 'node:fs';
import os from 'node:os';

/** Who owns a file, in a form by which another process on the host can tell whether it still lives. */
export interface ProcessIdentity {
  pid: number;
  host: string;
  /** Start time of the process in clock ticks; a pid alone may have been given anew. Linux only. */
  started?: string;
  /** Differs after the machine was started again. Linux only. */
  boot?: string;
  /** A pid means nothing in another container. Linux only. */
  namespace?: string;
}

export type Liveness = 'alive' | 'dead' | 'unknown';

let self: ProcessIdentity | undefined;

export function processIdentity(): ProcessIdentity {
  self ??= {
    pid: process.pid,
    host: os.hostname(),
    ...optional('started', statusOf(process.pid)[1]),
    ...optional('boot', read('/proc/sys/kernel/random/boot_id')),
    ...optional('namespace', link('/proc/self/ns/pid')),
  };
  return self;
}

/** 'unknown' where nothing can be proved: another host or container. */
export function livenessOf(other: ProcessIdentity): Liveness {
  const me = processIdentity();
  if (other.host === me.host && other.boot !== me.boot) return 'dead';
  if (other.host !== me.host || other.namespace !== me.namespace || !(other.pid > 0)) return 'unknown';
  try {
    process.kill(other.pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return 'dead';
  }
  const [state, started] = statusOf(other.pid);
  // It has ended, but nobody has asked how: a container's first process may never do so.
  if (state === 'Z') return 'dead';
  return started !== undefined && other.started !== undefined && started !== other.started ? 'dead' : 'alive';
}

/** State and start time. */
function statusOf(pid: number): [state?: string | undefined, started?: string | undefined] {
  // Fields 3 and 22 of /proc/<pid>/stat; the second field is the command in parentheses and may hold anything.
  const stat = read(`/proc/${pid}/stat`);
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ') ?? [];
  return [fields[0], fields[19]];
}

function read(file: string): string | undefined {
  try {
    return fs.readFileSync(file, 'utf8').trim();
  } catch {
    return undefined;
  }
}

function link(file: string): string | undefined {
  try {
    return fs.readlinkSync(file);
  } catch {
    return undefined;
  }
}

function optional<K extends string>(key: K, value: string | undefined): Partial<Record<K, string>> {
  return value === undefined ? {} : ({ [key]: value } as Record<K, string>);
}
