/** What the server answers, as the HTTP interface of the viewer says. All values in it come from the trail and are not trusted. */

/** Values by attribute name, in the trail's stored form (see `values/stored.ts`). */
export type StoredValues = Readonly<Record<string, unknown>>;

/** One place where two values differ; the first element of the path is the attribute. */
export interface Difference {
  readonly path: readonly (string | number)[];
  readonly kind: 'added' | 'removed' | 'changed';
  readonly before?: unknown;
  readonly after?: unknown;
}

/** One audit. */
export interface AuditJson {
  readonly id: string;
  readonly event: string;
  /** Null for an event of the application that is about no record. */
  readonly auditableType: string | null;
  /** Null for a statement that changed many rows. */
  readonly auditableId: string | null;
  readonly parentType: string | null;
  readonly parentId: string | null;
  readonly userType: string | null;
  readonly userId: string | null;
  readonly userName: string | null;
  readonly url: string | null;
  readonly ipAddress: string | null;
  readonly userAgent: string | null;
  readonly requestId: string | null;
  readonly transactionId: string | null;
  /** JSON, of whatever shape: see `values/tags.ts` and `values/entries.ts`. */
  readonly tags: unknown;
  readonly context: unknown;
  readonly oldValues: unknown;
  readonly newValues: unknown;
  readonly createdAt: string;
  readonly diff: readonly Difference[];
  readonly canRevert: boolean;
}

/** A page of audits; `searchedTo` tells how far back a page has looked that no index serves. */
export interface AuditsJson {
  readonly audits: readonly AuditJson[];
  readonly next: string | null;
  readonly searchedTo: string | null;
}

/** What the reader may do, and where the trail lies. */
export interface Me {
  readonly version: string;
  readonly database: string;
  readonly allowRevert: boolean;
  readonly canRevertModels: readonly string[];
  readonly retentionDays: number;
  readonly models: readonly string[];
  /** Whether the state of the whole trail may be seen, and what is set aside. */
  readonly maySeeStatus: boolean;
}

/** A record as it was at a time; `complete` is false where the trail does not begin with the row. */
export interface StateJson {
  readonly model: string;
  readonly id: string;
  readonly at: string;
  readonly exists: boolean;
  readonly complete: boolean;
  readonly values: StoredValues | null;
  readonly audit: string | null;
}

/** A record that waits on the worker's disk; the last two are there for a buried one. */
export interface SetAsideJson extends AuditJson {
  readonly reason?: string;
  readonly buriedAt?: string;
}

/** A page of records that are set aside. */
export interface SetAsidesJson {
  readonly records: readonly SetAsideJson[];
  readonly next: string | null;
}

/** What became of reverting; no event where the row was already as asked for. */
export interface Reverted {
  readonly done: true;
  readonly event: string | null;
}
