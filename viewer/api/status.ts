/** What `api/status` answers: what `audit status --json` prints, as it comes through JSON. Times are ISO texts. */
export interface StatusJson {
  readonly now: string;
  readonly status: TrailStatusJson;
}

interface Waiting {
  readonly records: number;
  readonly bytes: number;
}

interface Count {
  readonly records: number;
  readonly exact: boolean;
}

/** The trail's state; null stands for what is not known, or not there. */
export interface TrailStatusJson {
  readonly database: { readonly name: string; readonly reachable: boolean; readonly error: string | null };
  readonly migrations: { readonly executed: readonly unknown[]; readonly pending: readonly string[] } | null;
  readonly driver: string;
  readonly directory: string;
  readonly buffer: {
    readonly records: number | null;
    readonly bytes: number | null;
    readonly exact: boolean | null;
    readonly error: string | null;
  } | null;
  readonly journal: Waiting | null;
  readonly journalLimit: { readonly bytes: number; readonly limit: number | null } | null;
  readonly rescue: Waiting;
  readonly buried: Waiting;
  readonly prepared: Waiting;
  readonly unconfirmed: Waiting;
  readonly damaged: readonly { readonly file: string; readonly bytes: number }[];
  readonly oldestWaiting: { readonly createdAt: string; readonly seconds: number } | null;
  readonly stored: (Count & { readonly oldest: string | null; readonly newest: string | null }) | null;
  readonly rates: {
    readonly lastMinute: Count;
    readonly lastHour: Count;
    readonly storedPerSecond: number | null;
  } | null;
  readonly workers: readonly WorkerJson[] | null;
  readonly tasks: readonly TaskJson[] | null;
}

/** A worker as it was seen last. */
export interface WorkerJson {
  readonly id: string;
  readonly host: string;
  readonly pid: number;
  readonly version: string;
  readonly stored: number;
  readonly rescued: number;
  readonly buried: number;
  readonly storedPerSecond: number | null;
  readonly startedAt: string;
  readonly seenAt: string;
  readonly atWork: boolean;
  readonly recoveredAt: string | null;
  readonly lastError: { readonly message: string; readonly at: string } | null;
}

/** Work that the workers do at times. */
export interface TaskJson {
  readonly name: string;
  readonly lastRunAt: string | null;
  readonly nextRunAt: string | null;
}
