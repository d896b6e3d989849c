import type { DriverName } from '../lib/options';
import type { Arena } from './arena';

export type DatabaseKind = 'postgres' | 'mariadb' | 'sqlite';

/** A database and a driver that a scenario is played with. */
export interface Place {
  readonly database: DatabaseKind;
  readonly driver: DriverName;
}

/** The places of some drivers on one database. */
export function on(database: DatabaseKind, ...drivers: readonly DriverName[]): Place[] {
  return drivers.map((driver) => ({ database, driver }));
}

/** Where there is a worker: PostgreSQL with both drivers that have one, the other databases with one. */
export const WITH_WORKER: readonly Place[] = [
  ...on('postgres', 'embedded', 'redis'),
  ...on('mariadb', 'embedded'),
  ...on('sqlite', 'embedded'),
];

/** A fault, done to the real thing again and again while an application works. */
export interface Scenario {
  readonly name: string;
  /** What is done, in words, for the report. */
  readonly fault: string;
  readonly places: readonly Place[];
  /**
   * What of the promise does not hold here, as the documents state it; where there is nothing, no acknowledged
   * change may be lost.
   */
  readonly mayLose?: string;
  /** Of the application's model. With `strict`, what was committed and never reported may not be missing either. */
  readonly durability?: 'journal' | 'strict';
  /** What the application says of its changes: texts that nothing takes easily, and now and then far too much of them. */
  readonly context?: 'hostile';
  /** Application and workers keep their files on a disk of so many MiB. */
  readonly diskSize?: number;
  /** Environment variables of application and workers. */
  readonly env?: NodeJS.ProcessEnv;
  /**
   * Does the damage. The application is running when it begins; what it leaves broken is healed afterwards, and
   * what it leaves running goes on until then.
   */
  run(arena: Arena): Promise<void>;
}
