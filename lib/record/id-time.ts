const MAX_TIME = 2 ** 48 - 1;
/** Of a UUIDv7: its first 48 bits are milliseconds since 1970. */
const UUIDV7 = /^([0-9a-f]{8})-([0-9a-f]{4})-7/;

/** When a record was captured, in milliseconds since 1970, as its id tells; undefined of what is no id of ours. */
export function timeOfId(id: string): number | undefined {
  const [, high, low] = UUIDV7.exec(id) ?? [];
  return high === undefined || low === undefined ? undefined : Number.parseInt(high + low, 16);
}

/** The lowest id that a record of this moment, in milliseconds since 1970, can have. */
export function lowestIdAt(milliseconds: number): string {
  const hex = Math.min(Math.max(Math.floor(milliseconds), 0), MAX_TIME)
    .toString(16)
    .padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`;
}

/** Of some times the first, where there is any. */
export function earliest(times: readonly (Date | number | null | undefined)[]): Date | null {
  const known = times.flatMap((time) => (time === null || time === undefined ? [] : [Number(time)]));
  return known.length === 0 ? null : new Date(Math.min(...known));
}
