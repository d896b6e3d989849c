import type { StatusJson, TrailStatusJson } from '../../api/status';

/** What a chart shows of one look at the trail; null where it is not known. */
export interface Sample {
  readonly at: string;
  readonly waiting: number | null;
  readonly storedPerSecond: number | null;
}

/** What charts show of an answer. */
export function sampleOf({ now, status }: StatusJson): Sample {
  return { at: now, waiting: waitingIn(status), storedPerSecond: status.rates?.storedPerSecond ?? null };
}

/**
 * Records on their way to the table: in the buffer and in rescue files. With driver `redis` the journal keeps what the
 * stream has as well until it is stored, so the larger of both counts.
 */
export function waitingIn({ buffer, journal, rescue }: TrailStatusJson): number | null {
  if (buffer === null) return rescue.records;
  if (buffer.records === null && journal === null) return null;
  return Math.max(buffer.records ?? 0, journal?.records ?? 0) + rescue.records;
}

/** When rescue files were looked through last, by whichever worker. */
export function lastRecovery({ workers }: TrailStatusJson): string | null {
  const times = (workers ?? []).flatMap(({ recoveredAt }) => recoveredAt ?? []);
  return times.sort().at(-1) ?? null;
}
