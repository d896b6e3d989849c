import type { WorkerState } from '../lib/storage/workers';
import { printable, shortened } from './output';

const LONGEST_HOST = 60;

/** Whoever can write the table could have put anything there. */
export function hostOf({ host }: Pick<WorkerState, 'host'>): string {
  return printable(shortened(host, LONGEST_HOST));
}

/** How people tell workers apart. */
export function workerName(worker: Pick<WorkerState, 'host' | 'pid'>): string {
  return `${hostOf(worker)}:${worker.pid}`;
}
