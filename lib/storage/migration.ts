import type { DialectName } from './dialect';

/** One step of the schema, whose statements may be run again after a crash. */
export interface Migration {
  readonly name: string;
  /** The table that the step makes or changes: where it is not there, the step is not done. */
  readonly table: string;
  readonly up: Readonly<Record<DialectName, readonly string[]>>;
  /** Default: drops the table. */
  readonly down?: Readonly<Record<DialectName, readonly string[]>>;
}
