interface Tagged {
  readonly $audit: string;
  readonly value?: unknown;
}

/** Makes of parsed JSON what encoding was given. */
export function revive(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(revive);
  if (typeof value !== 'object' || value === null) return value;
  if ('$audit' in value) return reviveTagged(value as Tagged);
  return objectFrom(Object.entries(value).map(([key, item]) => [key, revive(item)]));
}

function reviveTagged(tagged: Tagged): unknown {
  const { $audit: kind, value } = tagged;
  try {
    switch (kind) {
      case 'bigint':
        return BigInt(value as string);
      case 'number':
        return Number(value);
      case 'date':
        return new Date(Number.NaN);
      case 'buffer':
        return Buffer.from(value as string, 'base64');
      case 'string':
        return JSON.parse(value as string) as string;
      case 'object':
        return objectFrom(
          (value as [unknown, unknown][]).map(([key, item]) => [String(revive(key)), revive(item)]),
        );
      case 'map':
        return new Map((value as [unknown, unknown][]).map(([key, item]) => [revive(key), revive(item)]));
      case 'set':
        return new Set((value as unknown[]).map(revive));
      case 'json':
        return revive(JSON.parse(value as string));
      default:
        return tagged;
    }
  } catch {
    // Written by something else than this module: show it as it stands rather than fail the whole read.
    return tagged;
  }
}

function objectFrom(entries: [string, unknown][]): Record<string, unknown> {
  const object: Record<string, unknown> = {};
  for (const [key, value] of entries) {
    Object.defineProperty(object, key, { value, enumerable: true, writable: true, configurable: true });
  }
  return object;
}
