import type { DriverName } from '../../lib';

/** Where an application's worker is. */
export interface WorkerPlace {
  readonly title: string;
  readonly driver: DriverName;
  /** Whether it is a thread of the application. */
  readonly inThread: boolean;
}

export const WORKER_PLACES: readonly WorkerPlace[] = [
  { title: 'embedded, the worker a thread of the application', driver: 'embedded', inThread: true },
  { title: 'embedded, the worker a process of its own', driver: 'embedded', inThread: false },
  { title: 'redis, the worker a process of its own', driver: 'redis', inThread: false },
];
