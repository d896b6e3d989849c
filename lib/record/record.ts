import type { Values } from './values';

/** One captured change, made once, never changed. */
export interface AuditRecord {
  /** UUIDv7, ascending within a process: the order of changes, and what makes storing idempotent. */
  readonly id: string;
  /** `created`, `updated`, `deleted`, `restored`, or the application's own. */
  readonly event: string;
  /** The model's name. */
  readonly auditableType: string | null;
  /** The primary key as text; composite keys in canonical form. */
  readonly auditableId: string | null;
  /** What the record belongs to as well, of another model: an order line's order. */
  readonly parentType: string | null;
  readonly parentId: string | null;
  readonly userType: string | null;
  readonly userId: string | null;
  readonly url: string | null;
  readonly ipAddress: string | null;
  readonly userAgent: string | null;
  readonly requestId: string | null;
  /** Sequelize's id of the transaction the change was part of. */
  readonly transactionId: string | null;
  readonly tags: readonly string[] | null;
  /** What else the context held: the reason, and the application's own fields. */
  readonly context: Values | null;
  readonly oldValues: Values | null;
  readonly newValues: Values | null;
  /** Microseconds since 1970, frozen at capture. */
  readonly createdAt: number;
}

/** The events that capture produces by itself. */
export const ROW_EVENTS = ['created', 'updated', 'deleted', 'restored'] as const;
export type RowEvent = (typeof ROW_EVENTS)[number];
