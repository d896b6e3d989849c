/** A row's primary key in a form that the database takes back exactly, one value a key column. */
export type RawKey = readonly unknown[];

/** The key as one text, to find the same row again. */
export function idOfKey(key: RawKey): string {
  return key.map((value) => (Buffer.isBuffer(value) ? value.toString('hex') : partOf(value))).join('\u0000');
}

function partOf(value: unknown): string {
  return value instanceof Date ? value.toISOString() : String(value);
}
