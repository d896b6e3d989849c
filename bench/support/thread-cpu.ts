import fs from 'node:fs';

/** Nanoseconds that the main thread was on a processor; the first of three numbers. */
const ACCOUNT = '/proc/self/schedstat';

/** Where Linux keeps no account for a thread, that of the process is the next best. */
export const CPU_OF_THREAD = fs.existsSync(ACCOUNT);

/**
 * Processor time of the main thread in microseconds, since it began; exact when the thread has just slept.
 * Node 20 tells that of all threads only, and SQLite works in one of the others.
 */
export function threadCpuMicroseconds(): number {
  if (CPU_OF_THREAD) return Number(fs.readFileSync(ACCOUNT, 'latin1').split(' ', 1)[0]) / 1000;
  const { user, system } = process.cpuUsage();
  return user + system;
}
