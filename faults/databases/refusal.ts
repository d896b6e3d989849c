/** Where a trigger refuses records: what takes away the last one and, unless no record is to be refused, makes another. */
export function refusalBy(oneOf: number, trigger: string): string[] {
  return ['DROP TRIGGER IF EXISTS refused', ...(oneOf === 0 ? [] : [trigger])];
}
