import type { DriverName } from '../lib/config';
import type { Arena } from './arena';

/** A fault, done to the real thing again and again while an application works. */
export interface Scenario {
  readonly name: string;
  /** What is done, in words, for the report. */
  readonly fault: string;
  readonly drivers: readonly DriverName[];
  /**
   * What of the promise does not hold here, as the documents state it; where there is nothing, no acknowledged
   * change may be lost.
   */
  readonly mayLose?: string;
  /** Of the application's model. With `strict`, what was committed and never reported may not be missing either. */
  readonly durability?: 'journal' | 'strict';
  /** Environment variables of application and workers. */
  readonly env?: NodeJS.ProcessEnv;
  /**
   * Does the damage. The application is running when it begins; what it leaves broken is healed afterwards, and
   * what it leaves running goes on until then.
   */
  run(arena: Arena): Promise<void>;
}
