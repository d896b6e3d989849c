import type { AuditTrail } from '../../lib';

/** One way to bring records into the table, from where they wait. */
export interface Contender {
  readonly name: string;
  readonly kind: 'ours' | 'ceiling' | 'rival';
  /** Connections to the database. */
  readonly connections: number;
  /** Part of a full lap's records that its laps take. */
  readonly share: number;
  /** Knows the table. */
  readonly trail: AuditTrail;
  /** Brings the first so many records to where this one takes them from. Not measured. */
  prepare(count: number): Promise<void>;
  /** Resolves when they are committed, and gone from where they were. */
  run(): Promise<void>;
  /** What is done after that; not measured. */
  rest?(): Promise<void>;
  close(): Promise<void>;
}
