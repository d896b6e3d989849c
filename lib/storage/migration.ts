import type { DialectName } from './dialect';

/** One step of the schema. Each step makes one table, and its statements may be run again after a crash. */
export interface Migration {
  readonly name: string;
  /** The table the step makes; `down` drops it. */
  readonly table: string;
  readonly up: Readonly<Record<DialectName, readonly string[]>>;
}
